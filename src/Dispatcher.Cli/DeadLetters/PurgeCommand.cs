using System.CommandLine;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Dispatcher.Cli.Arguments;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Session;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.DeadLetters;

/// <summary><c>dispatcher dead-letters purge</c>.</summary>
/// <param name="terminal">Where it writes.</param>
/// <param name="time">The clock.</param>
internal sealed class PurgeCommand(Terminal terminal, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Option<DateTimeOffset?> _before =
        ParsedOption.Moment("--before", "What came before then: 7d (ago) or 2026-11-20; up to the first of its partition that came later", time);

    private readonly Option<TopicPartitionOffset[]?> _upTo = ParsedOption.List<TopicPartitionOffset>(
        "--up-to", "What lies in this partition up to this one, itself included; may be repeated", DeadLetterPosition.TryParse, DeadLetterPosition.Expected);

    private readonly Option<bool> _all = new("--all") { Description = "All that there is now" };
    private readonly Option<string[]?> _provider = ParsedOption.Choices("--provider", "Only this provider's", "apns", "fcm");
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Only say what would be deleted" };
    private readonly Option<bool> _yes = Confirmation.Option();
    private readonly EndpointOptions _endpoints = new();

    public Command Create()
    {
        var command = new CommandWithExamples(
            "purge",
            "Deletes dead letters for good, the oldest first: Kafka cannot pick out single ones. Says what, and asks.",
            "dispatcher dead-letters purge --before 7d",
            "dispatcher dead-letters purge --up-to push.apns.dead/3/42",
            "dispatcher dead-letters purge --all --provider fcm --yes")
        {
            _before, _upTo, _all, _provider, _dryRun, _yes,
        };
        _upTo.HelpName = "position";
        _endpoints.AddKafkaTo(command);
        command.Validators.Add(result =>
        {
            if (((Option[])[_before, _upTo, _all]).Count(option => result.GetResult(option) is { Implicit: false }) != 1)
                result.AddError("purge needs exactly one of --before, --up-to and --all.");
        });
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var kafka = _endpoints.Connect(parsed);
        var filter = DeadLetterFilter.All with { Providers = parsed.GetValue(_provider) ?? [] };
        var before = parsed.GetValue(_before);
        var scan = await ScanPlan.MakeAsync(kafka, filter, before);
        if (parsed.GetValue(_upTo) is { Length: > 0 } positions)
            scan = scan.UpTo(Checked(positions, kafka));

        var plan = new PurgePlan(before);
        var reading = new DeadLetterReading(kafka, scan, terminal, time);
        await foreach (var record in reading.ReadAsync(DeadLetterFilter.All, cancellationToken))
            plan.Add(record);
        if (plan.Count == 0)
        {
            terminal.Out.WriteLine("No such dead letters: nothing to delete.");
            return reading.Success;
        }

        foreach (var line in plan.Text(terminal.Width))
            terminal.Out.WriteLine(line);
        if (parsed.GetValue(_dryRun))
            return reading.Success;
        var question = $"Delete these {Number.Text(plan.Count)} dead letters for good?";
        if (!await Confirmation.GivenAsync(terminal, parsed.GetValue(_yes), question, "purge", cancellationToken))
            return ExitCode.Failure;
        await DeleteAsync(kafka, plan);
        terminal.Out.WriteLine($"{Number.Text(plan.Count)} dead letters deleted.");
        return reading.Success;
    }

    private static IReadOnlyList<TopicPartitionOffset> Checked(IReadOnlyList<TopicPartitionOffset> positions, KafkaConnection kafka)
    {
        // A slip of the pen must not delete pushes that wait in a lane.
        var topics = Enum.GetValues<Provider>().Select(kafka.Topics.DeadLetters).ToArray();
        return positions.FirstOrDefault(position => !topics.Contains(position.Topic)) is { } other
            ? throw new CommandFailedException($"{other.Topic} is no topic of dead letters; they are in {string.Join(" and ", topics)}.", ExitCode.Usage)
            : positions;
    }

    private static async Task DeleteAsync(KafkaConnection kafka, PurgePlan plan)
    {
        using var admin = kafka.Admin();
        try
        {
            await admin.DeleteRecordsAsync(plan.FirstKept, new DeleteRecordsOptions { RequestTimeout = Patience, OperationTimeout = Patience });
        }
        catch (DeleteRecordsException e) when (e.Results.FirstOrDefault(result => result.Error.IsError) is { } failed)
        {
            var problem = Problem(failed.Error, $"{failed.Topic}/{failed.Partition.Value}");
            var deleted = e.Results.Count(result => !result.Error.IsError);
            throw deleted == 0 ? problem : new CommandFailedException($"{deleted} partitions are done; {problem.Message}", problem.ExitCode);
        }
        catch (KafkaException e)
        {
            throw Problem(e.Error, string.Join(" and ", plan.FirstKept.Select(offset => offset.Topic).Distinct()));
        }
    }

    private static CommandFailedException Problem(Error error, string where) => error.Code switch
    {
        ErrorCode.Local_UnsupportedFeature or ErrorCode.UnsupportedVersion => new(
            "this Kafka cannot delete records (in-memory Kafka cannot, nor can Kafka before 0.11): they go when retention ends (the topics' "
            + "retention.ms), or in memory with `dispatcher up`."),
        ErrorCode.PolicyViolation => new($"cannot delete from {where}: Kafka deletes records only where cleanup.policy has delete."),
        _ => KafkaProblem.Of(error, $"delete from {where}"),
    };
}
