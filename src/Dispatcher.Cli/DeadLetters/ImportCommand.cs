using System.CommandLine;
using Confluent.Kafka;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Session;

namespace Dispatcher.Cli.DeadLetters;

/// <summary><c>dispatcher dead-letters import</c>.</summary>
/// <param name="terminal">Where it writes.</param>
/// <param name="time">The clock.</param>
internal sealed class ImportCommand(Terminal terminal, TimeProvider time)
{
    private readonly Argument<string> _file = new("file") { Description = "What export wrote; - for standard input", HelpName = "file" };
    private readonly Option<bool> _restamp = new("--restamp") { Description = "Give them the present as Kafka's time, so that retention counts anew" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Only say what would be done" };
    private readonly Option<bool> _yes = Confirmation.Option();
    private readonly EndpointOptions _endpoints = new();

    public Command Create()
    {
        var command = new CommandWithExamples(
            "import",
            "Puts exported dead letters back into their topics. What is there already is left out, so that it may be run again.",
            "dispatcher dead-letters import dead-letters.ndjson",
            "dispatcher dead-letters import dead-letters.ndjson --restamp --yes",
            "jq -c 'select(.value | fromjson | .app == \"shop-ios\")' all.ndjson | dispatcher dead-letters import - --yes")
        {
            _file, _restamp, _dryRun, _yes,
        };
        _endpoints.AddKafkaTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var kafka = _endpoints.Connect(parsed);
        using var input = await ImportInput.OpenAsync(parsed.GetValue(_file)!, terminal, cancellationToken);
        var file = new ImportFile(input.Path, kafka.Topics);
        var plan = new ImportPlan();
        await plan.ReadAsync(file.ReadAsync(cancellationToken));
        if (Refuse(plan))
            return ExitCode.Usage;

        var existing = await ScanPlan.MakeAsync(kafka, DeadLetterFilter.All);
        Require(plan.Topics, kafka);
        await plan.ExceptAsync(new DeadLetterReading(kafka, existing, terminal, time).ReadAsync(DeadLetterFilter.All, cancellationToken));
        foreach (var line in plan.Text(terminal.Width))
            terminal.Out.WriteLine(line);
        if (plan.Missing == 0)
        {
            terminal.Out.WriteLine("Nothing to do.");
            return ExitCode.Success;
        }

        if (parsed.GetValue(_dryRun))
            return ExitCode.Success;
        var question = $"Put {Number.Text(plan.Missing)} dead letters back?";
        return await Confirmation.GivenAsync(terminal, parsed.GetValue(_yes), question, "import", cancellationToken)
            ? await WriteAsync(kafka, file, plan, parsed.GetValue(_restamp), cancellationToken)
            : ExitCode.Failure;
    }

    private async Task<int> WriteAsync(KafkaConnection kafka, ImportFile file, ImportPlan plan, bool restamp, CancellationToken cancellationToken)
    {
        var total = plan.Missing;
        using var writer = new DeadLetterWriter(kafka, time);
        try
        {
            using var progress = new ProgressLine(terminal, time, "writing", total, () => writer.Acknowledged);
            try
            {
                await foreach (var line in file.ReadAsync(cancellationToken))
                {
                    if (line.Record is { } record && plan.Take(line))
                        await writer.WriteAsync(line.Topic, Message(record, restamp), cancellationToken);
                }
            }
            finally
            {
                await writer.CompleteAsync(); // also after Ctrl-C: what has left is counted
            }
        }
        finally
        {
            terminal.Out.WriteLine(writer.Acknowledged == total
                ? $"{Number.Text(total)} dead letters put back."
                : $"{Number.Text(writer.Acknowledged)} of {Number.Text(total)} dead letters put back; run it again for the rest.");
        }

        return ExitCode.Success;
    }

    private static Message<byte[]?, byte[]?> Message(ExportedRecord record, bool restamp) => new()
    {
        Key = record.Key,
        Value = record.Value,
        Headers = record.Headers,
        Timestamp = restamp || record.Timestamp.Type == TimestampType.NotAvailable
            ? Timestamp.Default
            : new Timestamp(record.Timestamp.UnixTimestampMs, TimestampType.CreateTime), // what a producer can say; a topic may set its own
    };

    private bool Refuse(ImportPlan plan)
    {
        var problems = plan.Problems.ToArray();
        foreach (var problem in problems)
            terminal.Error.WriteLine($"dispatcher: {problem}");
        if (problems.Length > 0)
            terminal.Error.WriteLine("dispatcher: nothing was imported; correct the file or take these lines out.");
        return problems.Length > 0;
    }

    // A producer would look for a missing topic for half a minute before it says so.
    private static void Require(IEnumerable<string> topics, KafkaConnection kafka)
    {
        using var offsets = new TopicOffsets(kafka);
        if (topics.FirstOrDefault(topic => offsets.Partitions(topic).Count == 0) is { } missing)
            throw new CommandFailedException($"there is no topic {missing}, or this user may not see it: create it, or check --topic-prefix and ACLs.");
    }
}
