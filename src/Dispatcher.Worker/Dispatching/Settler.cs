using System.Text;
using Confluent.Kafka;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Telemetry;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Dispatching;

/// <summary>
/// Ends a consumed push: whatever has to be kept of it is acknowledged by Kafka first, then its offset completes. The order is dead
/// letter or invalid token, then result, then offset, so that a crash in between repeats work and never loses it.
/// </summary>
internal sealed partial class Settler(
    Lane lane,
    KafkaOptions kafka,
    HandOff handOff,
    DispatchMetrics metrics,
    TimeProvider time,
    string worker,
    ILogger<Settler> logger)
{
    private readonly TopicNames _topics = kafka.Topics;
    private readonly string _group = ConsumerSettings.Group(kafka, lane);

    /// <summary>Settles a push that went through the sender.</summary>
    /// <param name="consumed">What was consumed.</param>
    /// <param name="push">What it was.</param>
    /// <param name="app">Its app.</param>
    /// <param name="report">What became of it.</param>
    /// <param name="abort">The process ends: what is not acknowledged stays in Kafka.</param>
    public async Task SettleAsync(
        ConsumedPush consumed, PushNotification push, App app, SendReport report, CancellationToken abort)
    {
        var settlement = OutcomeTable.Traits(report.Outcome).Settlement;
        if (settlement == Settlement.CompleteAndReportToken)
            await ReportTokenAsync(push, (SendOutcome.Unregistered)report.Outcome, report, abort);

        // What would be worth another attempt later is kept where an operator can replay it.
        var isDeadLetter = settlement is Settlement.DeadLetter or Settlement.Retry;
        if (isDeadLetter)
        {
            if (consumed.IsLost)
            {
                consumed.Abandon(); // the next owner sends it, and keeps it if that fails too
                return;
            }

            var reason = settlement == Settlement.Retry ? "exhausted" : report.Outcome.Reason ?? "rejected";
            await KeepAsync(DeadLetterOf(consumed, reason) with
            {
                PushId = push.Id,
                App = push.App,
                Tenant = app.Tenant,
                Outcome = Word(report.Outcome.Kind),
                Status = report.Outcome.Status,
                Detail = settlement == Settlement.Retry ? report.Outcome.Reason : null,
                Attempts = report.Attempts,
                FirstFailedAt = report.FirstFailedAt,
            }, abort);
        }

        await ReportAsync(push, report.Outcome, isDeadLetter, report.Attempts, abort);
        Complete(consumed, Word(report.Outcome.Kind), push.App);
    }

    /// <summary>Keeps a record that is no push of this lane: its bytes, intact, as a dead letter.</summary>
    /// <param name="consumed">What was consumed.</param>
    /// <param name="push">What it is, where it could be read.</param>
    /// <param name="reason">Why, in a word that can be counted.</param>
    /// <param name="detail">What exactly, without any content.</param>
    /// <param name="abort">The process ends.</param>
    public async Task RefuseAsync(ConsumedPush consumed, PushNotification? push, string reason, string? detail, CancellationToken abort)
    {
        if (consumed.IsLost)
        {
            consumed.Abandon();
            return;
        }

        var outcome = new SendOutcome.Rejected { Reason = reason };
        Log.Refused(logger, lane, consumed.Partition, consumed.Offset, reason, detail);
        await KeepAsync(DeadLetterOf(consumed, reason) with
        {
            PushId = push?.Id,
            App = push?.App,
            Outcome = Word(outcome.Kind),
            Detail = detail,
        }, abort);
        if (push is not null)
            await ReportAsync(push, outcome, isDeadLetter: true, attempts: 0, abort);
        Complete(consumed, Word(outcome.Kind), app: null); // the name may be anything, a metric's values may not
    }

    private void Complete(ConsumedPush consumed, string outcome, string? app)
    {
        consumed.Complete();
        metrics.PushSettled(lane.Name, app, outcome);
    }

    private Task ReportAsync(PushNotification push, SendOutcome outcome, bool isDeadLetter, int attempts, CancellationToken abort)
    {
        var result = new PushResult(
            push.Id,
            push.App,
            lane.Name,
            push.Target.Hash,
            outcome.Kind,
            isDeadLetter,
            (outcome as SendOutcome.Accepted)?.ProviderId,
            outcome.Reason,
            outcome.Status,
            attempts,
            push.AcceptedAt,
            time.GetUtcNow());
        return handOff.ProduceAsync(_topics.Results, new Message<byte[]?, byte[]?> { Value = result.ToJson() }, abort);
    }

    private Task ReportTokenAsync(PushNotification push, SendOutcome.Unregistered outcome, SendReport report, CancellationToken abort)
    {
        var invalid = new InvalidToken(
            push.App,
            push.Target.Value,
            outcome.Reason ?? "unregistered",
            outcome.Since,
            report.FirstSentAt ?? time.GetUtcNow(),
            push.Id);
        var message = new Message<byte[]?, byte[]?> { Key = Encoding.UTF8.GetBytes(invalid.Key), Value = invalid.ToJson() };
        return handOff.ProduceAsync(_topics.Tokens, message, abort);
    }

    private async Task KeepAsync(DeadLetter deadLetter, CancellationToken abort)
    {
        await handOff.ProduceAsync(_topics.DeadLetters(lane.Provider), deadLetter.ToMessage(), abort);
        metrics.DeadLettered(lane.Name, deadLetter.Reason);
    }

    private DeadLetter DeadLetterOf(ConsumedPush consumed, string reason) => new()
    {
        Key = consumed.Key,
        Value = consumed.CopyValue(),
        OriginalTopic = _topics.Pushes(lane),
        OriginalPartition = consumed.Partition,
        OriginalOffset = consumed.Offset,
        OriginalTimestamp = consumed.Timestamp,
        ConsumerGroup = _group,
        Provider = lane.Provider == Provider.Apns ? "apns" : "fcm",
        Reason = reason,
        LastFailedAt = time.GetUtcNow(),
        Worker = worker,
        TraceParent = consumed.Headers is { } headers && headers.TryGetLastBytes(DeadLetterHeaders.TraceParent, out var trace)
            ? Encoding.UTF8.GetString(trace)
            : null,
    };

    /// <summary>The outcome as results and metrics spell it.</summary>
    private static string Word(OutcomeKind kind) => kind switch
    {
        OutcomeKind.Accepted => "accepted",
        OutcomeKind.Unregistered => "unregistered",
        OutcomeKind.Rejected => "rejected",
        OutcomeKind.Throttled => "throttled",
        OutcomeKind.Unavailable => "unavailable",
        OutcomeKind.Ambiguous => "ambiguous",
        OutcomeKind.NotSent => "notSent",
        OutcomeKind.Misconfigured => "misconfigured",
        OutcomeKind.Expired => "expired",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No word for the outcome."),
    };

    private static partial class Log
    {
        // Warning, not per push: a record that is no push means that some producer is wrong.
        [LoggerMessage(1, LogLevel.Warning, "{Lane}: record {Partition}/{Offset} kept as a dead letter, {Reason}: {Detail}")]
        public static partial void Refused(ILogger logger, Lane lane, int partition, long offset, string reason, string? detail);
    }
}
