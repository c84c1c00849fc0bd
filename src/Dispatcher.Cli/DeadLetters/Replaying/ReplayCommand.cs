using System.CommandLine;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Session;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Cli.DeadLetters.Replaying;

/// <summary><c>dispatcher dead-letters replay</c>.</summary>
/// <param name="terminal">Where it writes.</param>
/// <param name="time">The clock.</param>
internal sealed class ReplayCommand(Terminal terminal, TimeProvider time)
{
    private readonly DeadLetterFilterOptions _filter = new(time);
    private readonly ReplayOptions _options = new();
    private readonly EndpointOptions _endpoints = new();

    public Command Create()
    {
        var command = new CommandWithExamples(
            "replay",
            "Sends dead letters again, each once: the same command goes on where it ended.",
            "dispatcher dead-letters replay --app shop-ios --reason exhausted",
            "dispatcher dead-letters replay --reason exhausted --since 6h --dry-run",
            "dispatcher dead-letters replay --reason unknownApp --app-map old-shop=shop-ios --limit 10",
            "dispatcher dead-letters replay --provider fcm --to-class bulk --extend-ttl 1h --rate 2000/s --yes");
        _filter.AddTo(command);
        _options.AddTo(command);
        _endpoints.AddKafkaTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var kafka = _endpoints.Connect(parsed);
        var order = _options.Read(parsed, kafka.Options.TopicPrefix, _filter);
        try
        {
            return await RunAsync(kafka, order, parsed, stop);
        }
        catch (Confluent.Kafka.KafkaException e)
        {
            throw KafkaProblem.Of(TopicOffsets.Cause(e), $"replay {order.Replay}");
        }
    }

    private async Task<int> RunAsync(KafkaConnection kafka, ReplayOrder order, ParseResult parsed, CancellationToken stop)
    {
        var everything = await ScanPlan.MakeAsync(kafka, order.Filter);
        var at = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds()); // as commits have it
        using var group = new ReplayGroup(kafka, order.Replay);
        using var hold = new ReplayHold(kafka, group, [.. order.Filter.WantedProviders], order.Replay, order.FilterHash, order.Rule, at, time);
        var state = await hold.ReadAsync();
        var judge = new ReplayJudge(
            kafka.Topics, order.Rule, order.Change.ToClass, at, state.Bookmarks.ToDictionary(line => line.Key, line => line.Value.Bookmark.History));
        var plan = new ReplayPlan(order, state);
        var reading = new DeadLetterReading(kafka, plan.Rest(everything), terminal, time);
        await foreach (var record in reading.ReadAsync(order.Filter, stop))
            plan.Add(record, judge.Of(record));
        var success = reading.Success; // a failure where a partition could not be read: what lies there is not sent
        foreach (var line in plan.Lines(terminal.Width))
            terminal.Out.WriteLine(line);
        if (_options.IsDryRun(parsed))
            return success;
        if (plan.Count == 0 && !state.IsOpen)
        {
            terminal.Out.WriteLine("Nothing to send.");
            return success;
        }

        var question = $"Send {Number.Text(plan.Count)} pushes again?";
        if (plan.Count > 0 && !await Confirmation.GivenAsync(terminal, _options.IsConfirmed(parsed), question, "replay", stop))
            return ExitCode.Failure;

        var stretch = await hold.TakeAsync(state, everything.Ranges, order.IsForced, stop);
        using var meters = new UnobservedMeters();
        using var producer = new RecordProducer(
            ProducerSettings.ForRequests(kafka.Options), new KafkaMetrics(meters), NullLogger<RecordProducer>.Instance);
        var run = new ReplayRun(kafka, new PushPublisher(producer, kafka.Topics), hold, judge, order, time);
        var start = time.GetTimestamp();
        ReplayEnd end;
        using (new ProgressLine(terminal, time, "sending", plan.Count, () => run.Counts.Sent + run.Counts.Found, plainly: true))
            end = await run.RunAsync(stretch, stop);
        foreach (var line in new ReplaySummary(order, _options.Again(parsed, order.Replay)).Lines(end, run.Counts, time.GetElapsedTime(start), run.Problem))
            terminal.Out.WriteLine(line);
        return end switch
        {
            ReplayEnd.GaveUp => ExitCode.Unreachable,
            ReplayEnd.Complete or ReplayEnd.Limit when run.Counts.Refused.Count == 0 => success,
            _ => ExitCode.Failure,
        };
    }
}
