using System.CommandLine;
using Confluent.Kafka;
using Dispatcher.Cli.Arguments;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Session;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;

namespace Dispatcher.Cli.Tail;

/// <summary><c>dispatcher tail</c>.</summary>
/// <param name="terminal">Where it writes.</param>
/// <param name="time">The clock.</param>
internal sealed class TailCommand(Terminal terminal, TimeProvider time)
{
    private const int UsualLines = 10;

    public Command Create()
    {
        var reveal = new Option<bool>("--reveal") { Description = "Show the tokens themselves, not their hashes" };
        return new Command("tail", "Follows what the workers report, live.")
        {
            Create(
                "results",
                "Follows the outcomes of pushes.",
                hasOutcome: true,
                extra: null,
                kafka => [kafka.Topics.Results],
                (record, _) => TailReader.Result(record),
                "dispatcher tail results",
                "dispatcher tail results --outcome rejected,unregistered --app shop-ios",
                "dispatcher tail results --since 1h --no-follow --json | jq -r .reason | sort | uniq -c"),
            Create(
                "tokens",
                "Follows the tokens that providers declare dead.",
                hasOutcome: false,
                reveal,
                kafka => [kafka.Topics.Tokens],
                (record, parsed) => TailReader.Token(record, parsed.GetValue(reveal)),
                "dispatcher tail tokens",
                "dispatcher tail tokens --since 24h --no-follow --json --reveal > dead-tokens.ndjson"),
            Create(
                "dead",
                "Follows the pushes that cannot be sent; dispatcher dead-letters has the rest.",
                hasOutcome: true,
                extra: null,
                kafka => [.. Enum.GetValues<Provider>().Select(kafka.Topics.DeadLetters)],
                (record, _) => TailReader.Dead(record),
                "dispatcher tail dead",
                "dispatcher tail dead --reason exhausted --lines 0"),
        };
    }

    private CommandWithExamples Create(
        string name,
        string description,
        bool hasOutcome,
        Option? extra,
        Func<KafkaConnection, string[]> topics,
        Func<ConsumeResult<byte[]?, byte[]?>, ParseResult, TailLine?> read,
        params string[] examples)
    {
        var endpoints = new EndpointOptions();
        var app = ParsedOption.Words("--app", "Only these apps", "name");
        var outcome = ParsedOption.Choices("--outcome", "Only these outcomes", [.. Enum.GetValues<OutcomeKind>().Select(TailReader.OutcomeWord)]);
        var reason = ParsedOption.Words("--reason", "Only these reasons, e.g. BadDeviceToken,exhausted", "word");
        var id = ParsedOption.List<Guid>("--id", "Only these pushes", Guid.TryParse, "the id of a push");
        var since = ParsedOption.Moment("--since", "Begin then: 2h, 7d (ago) or 2026-11-20T10:00Z", time);
        var lines = ParsedOption.Number(
            "--lines",
            $"Begin with the newest so many [default: {UsualLines}, with --since all]; those that match are looked for in the last {Number.Text(TopicTail.FilteredDepth)} of each partition",
            0,
            1_000_000);
        var noFollow = new Option<bool>("--no-follow") { Description = "End with what is there" };
        var json = new Option<bool>("--json") { Description = "One JSON object a line" };
        id.HelpName = "id";

        var command = new CommandWithExamples(name, description, examples);
        foreach (var option in new[] { app, hasOutcome ? outcome : null, reason, id, since, lines, noFollow, json, extra }.OfType<Option>())
            command.Options.Add(option);
        endpoints.AddKafkaTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var kafka = endpoints.Connect(parsed);
            var filter = new TailFilter
            {
                Apps = parsed.GetValue(app) ?? [],
                Outcomes = (hasOutcome ? parsed.GetValue(outcome) : null) ?? [],
                Reasons = parsed.GetValue(reason) ?? [],
                Ids = parsed.GetValue(id) ?? [],
                Since = parsed.GetValue(since),
            };
            var view = new TailView(terminal, parsed.GetValue(json));
            var tail = new TopicTail(kafka, topics(kafka), record => read(record, parsed), filter);
            var most = parsed.GetValue(lines) ?? (filter.Since is null ? UsualLines : null);
            try
            {
                await tail.RunAsync(most, !parsed.GetValue(noFollow), view.Show, terminal.HasLostReader, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // How following ends.
            }

            return ExitCode.Success;
        });
        return command;
    }
}
