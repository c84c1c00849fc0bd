using System.CommandLine;
using System.Globalization;
using Dispatcher.Cli.Configuration;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Processes;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Cli.Session;

/// <summary>The options that say whom a command talks to; the same on every command that has them.</summary>
internal sealed class EndpointOptions
{
    private readonly Option<string?> _api = new("--api") { Description = "The API [default: the running session]", HelpName = "url" };
    private readonly Option<string?> _key = new("--key") { Description = "An API key; better in DISPATCHER_KEY", HelpName = "key" };

    private readonly Option<string?> _kafka =
        new("--kafka") { Description = "The brokers [default: the configuration, or the running session]", HelpName = "host:port" };

    private readonly Option<string?> _topicPrefix =
        new("--topic-prefix") { Description = "What every topic starts with [default: push]", HelpName = "prefix" };

    private readonly Option<string?> _config = new("--config")
    {
        Description = "The services' configuration, JSON as in appsettings.json [default: the running session's, or the environment alone]",
        HelpName = "file",
    };

    /// <summary>For commands that post.</summary>
    /// <param name="command">The command.</param>
    public void AddAllTo(Command command)
    {
        command.Options.Add(_api);
        command.Options.Add(_key);
        AddKafkaTo(command);
    }

    /// <summary>For commands that only read Kafka.</summary>
    /// <param name="command">The command.</param>
    public void AddKafkaTo(Command command)
    {
        command.Options.Add(_kafka);
        command.Options.Add(_topicPrefix);
        command.Options.Add(_config);
    }

    /// <summary>What the services are configured with, where it can be known: <c>--config</c> or the running session, and the environment.</summary>
    /// <param name="parsed">The command line.</param>
    public ServiceConfiguration Configuration(ParseResult parsed) =>
        ServiceConfiguration.Read(parsed.GetValue(_config), Environment.GetEnvironmentVariables(), Session()?.Environment);

    /// <summary>The file that <c>--config</c> names.</summary>
    /// <param name="parsed">The command line.</param>
    public string? File(ParseResult parsed) => parsed.GetValue(_config);

    /// <summary>Kafka, as options, environment, <c>--config</c> and the running session say; security and TLS as the services have them.</summary>
    /// <param name="parsed">The command line.</param>
    public KafkaConnection Connect(ParseResult parsed)
    {
        var options = Configuration(parsed).Section<KafkaOptions>("Kafka");
        // What was typed is meant; then the variable of ours; then what is configured, of which the session is a part.
        if ((parsed.GetValue(_kafka) ?? Environment.GetEnvironmentVariable("DISPATCHER_KAFKA")) is { Length: > 0 } brokers)
            options.BootstrapServers = brokers;
        else if (options.BootstrapServers.Length == 0)
            options.BootstrapServers = Resolve(parsed).Kafka;
        if (parsed.GetValue(_topicPrefix) is { } prefix)
            options.TopicPrefix = prefix;
        return KafkaConnection.Of(options, parsed.GetValue(Verbosity.Option) ? parsed.InvocationConfiguration.Error.WriteLine : null);
    }

    public Endpoints Resolve(ParseResult parsed)
    {
        var given = new GivenEndpoints(parsed.GetValue(_api), parsed.GetValue(_key), parsed.GetValue(_kafka), parsed.GetValue(_topicPrefix));
        return new Endpoints(given, Environment.GetEnvironmentVariable, Session());
    }

    private static UpSession? Session() => SessionFile.Of(Environment.GetEnvironmentVariable, UserId()).Read();

    /// <summary>The user's number where the system has one; it keeps the sessions of several people apart.</summary>
    public static string UserId() => OperatingSystem.IsWindows() ? Environment.UserName : Libc.GetUserId().ToString(CultureInfo.InvariantCulture);
}
