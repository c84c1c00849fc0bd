using System.CommandLine;
using Dispatcher.Cli.Arguments;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Session;

namespace Dispatcher.Cli.DeadLetters;

/// <summary><c>dispatcher dead-letters list</c>.</summary>
/// <param name="terminal">Where it writes.</param>
/// <param name="time">The clock.</param>
internal sealed class ListCommand(Terminal terminal, TimeProvider time)
{
    private const int DefaultLimit = 100;

    private readonly DeadLetterFilterOptions _filter = new(time);
    private readonly Option<int?> _limit = ParsedOption.Number("--limit", $"The newest so many [default: {DefaultLimit}]", 1, 1_000_000);
    private readonly Option<bool> _json = new("--json") { Description = "One JSON object a line, without the push's content" };
    private readonly EndpointOptions _endpoints = new();

    public Command Create()
    {
        var command = new CommandWithExamples(
            "list",
            "Shows the pushes that could not be sent, and why.",
            "dispatcher dead-letters list --app shop-ios --reason BadDeviceToken",
            "dispatcher dead-letters list --json | jq -r .id");
        _filter.AddTo(command);
        command.Options.Add(_limit);
        command.Options.Add(_json);
        _endpoints.AddKafkaTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var given = _endpoints.Resolve(parsed);
        var kafka = KafkaConnection.To(given.Kafka, given.TopicPrefix, Environment.GetEnvironmentVariables());
        var filter = _filter.Read(parsed);
        var plan = await ScanPlan.MakeAsync(kafka, filter);
        var scan = new DeadLetterScan(kafka, plan);
        var newest = new NewestDeadLetters(parsed.GetValue(_limit) ?? DefaultLimit);
        using (new ProgressLine(terminal, time, "reading", plan.Length, () => scan.Done))
        {
            await foreach (var record in scan.ReadAsync(filter, cancellationToken))
                newest.Add(record.Letter);
        }

        Print(newest, terminal, parsed.GetValue(_json));
        return ExitCode.Success;
    }

    internal static void Print(NewestDeadLetters newest, Terminal terminal, bool json)
    {
        var letters = newest.InOrder();
        if (json)
        {
            foreach (var letter in letters)
                terminal.Out.WriteLine(DeadLetterLine.Of(letter));
            return;
        }

        if (letters.Count == 0)
        {
            terminal.Out.WriteLine("No dead letters.");
            return;
        }

        foreach (var line in DeadLetterListing.Lines(letters, terminal.Width))
            terminal.Out.WriteLine(line);
        if (newest.Seen > letters.Count)
            terminal.Out.WriteLine($"The newest {letters.Count} of {newest.Seen}; --limit shows more.");
    }
}
