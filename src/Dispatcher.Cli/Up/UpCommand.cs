using System.CommandLine;
using Dispatcher.Cli.Arguments;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Session;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Cli.Up;

/// <summary><c>dispatcher up</c>.</summary>
/// <param name="terminal">Where it writes.</param>
/// <param name="time">The clock.</param>
/// <param name="verbose">The option that all commands share.</param>
internal sealed class UpCommand(Terminal terminal, TimeProvider time, Option<bool> verbose)
{
    private const int MostWorkers = 16;

    private static readonly UpRequest Defaults = new();

    private readonly Option<int?> _workers =
        ParsedOption.Number("--workers", $"Worker processes [default: {Defaults.Workers}]", 0, MostWorkers);

    private readonly Option<int?> _port = ParsedOption.Number("--port", $"The API's port; 0 takes a free one [default: {Defaults.Port}]", 0, 65535);

    private readonly Option<TimeSpan?> _latency = ParsedOption.Duration(
        "--latency", $"How long the simulated providers take to answer [default: {Duration.Text(Defaults.Latency)}]");

    private readonly Option<bool> _noSimulator =
        new("--no-simulator") { Description = "Send to the real APNs and FCM; needs --apps" };

    private readonly Option<string?> _kafka =
        new("--kafka") { Description = "A real cluster instead of in-memory Kafka; topics it lacks are created", HelpName = "host:port" };

    private readonly Option<int?> _partitions =
        ParsedOption.Number("--partitions", "Partitions of each topic that is created [default: 32, on a real cluster 12]", 1, 1000);

    private readonly Option<int?> _replication =
        ParsedOption.Number("--replication", "Copies of each partition [default: one per broker, at most 3]", 1, 9);

    private readonly Option<string?> _apps =
        new("--apps") { Description = "A folder of app files, one {name}.json each, instead of the samples", HelpName = "folder" };

    private readonly Option<string?> _topicPrefix =
        new("--topic-prefix") { Description = $"What every topic starts with [default: {TopicNames.DefaultPrefix}]", HelpName = "prefix" };

    public Command Create()
    {
        var command = new CommandWithExamples(
            "up",
            "Starts Kafka in memory, a simulator of APNs and FCM, the API and workers, and shows what they do.",
            "dispatcher up",
            "dispatcher up --workers 4 --latency 5ms --port 9000",
            "dispatcher up --kafka broker:9092 --no-simulator --apps ./apps")
        {
            _workers, _port, _latency, _noSimulator, _kafka, _partitions, _replication, _apps, _topicPrefix,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(_noSimulator) && result.GetValue(_apps) is null)
                result.AddError("--no-simulator needs --apps: real providers want real credentials.");
            if (result.GetValue(_kafka) is null && result.GetResult(_replication) is not null)
                result.AddError("--replication needs --kafka: in-memory Kafka has one copy.");
            if (result.GetValue(_apps) is { } apps && !Directory.Exists(apps))
                result.AddError($"--apps '{apps}' is not a folder.");
        });
        command.SetAction((parsed, stop) =>
        {
            var file = SessionFile.Of(Environment.GetEnvironmentVariable, EndpointOptions.UserId());
            return new UpRun(terminal, file, time).RunAsync(Read(parsed), stop);
        });
        return command;
    }

    internal UpRequest Read(ParseResult parsed) => new()
    {
        Workers = parsed.GetValue(_workers) ?? Defaults.Workers,
        Port = parsed.GetValue(_port) ?? Defaults.Port,
        Latency = parsed.GetValue(_latency) ?? Defaults.Latency,
        SimulateProviders = !parsed.GetValue(_noSimulator),
        Kafka = parsed.GetValue(_kafka),
        Partitions = parsed.GetValue(_partitions),
        Replication = parsed.GetValue(_replication),
        AppsFolder = parsed.GetValue(_apps),
        TopicPrefix = parsed.GetValue(_topicPrefix) ?? Defaults.TopicPrefix,
        Verbose = parsed.GetValue(verbose),
    };
}
