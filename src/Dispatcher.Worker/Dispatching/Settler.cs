using System.Text;
using Confluent.Kafka;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Sending.Limits;
using Dispatcher.Core.Telemetry;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Dispatching;

/// <summary>
/// Ends a consumed push: whatever has to be kept of it is acknowledged by Kafka first, then its offset completes. The order is hand-off
/// (delay tier, dead letter or invalid token), then result, then offset, so that a crash in between repeats work and never loses it.
/// </summary>
internal sealed partial class Settler(
    Lane lane,
    KafkaOptions kafka,
    HandOff handOff,
    PendingResults results,
    RetryDecision retry,
    AppGates gates,
    DispatchMetrics metrics,
    TimeProvider time,
    Func<double> chance,
    string worker,
    ILogger<Settler> logger)
{
    private readonly TopicNames _topics = kafka.Topics;
    private readonly string _group = ConsumerSettings.Group(kafka, lane);

    /// <summary>The lane's name.</summary>
    public string Lane => lane.Name;

    /// <summary>Whether lines about every push are logged.</summary>
    public bool LogsDebug => logger.IsEnabled(LogLevel.Debug);

    /// <summary>Where a push's lines are written at Debug, they say which push they are about.</summary>
    /// <param name="consumed">The push.</param>
    public IDisposable? BeginForDebug(ConsumedPush consumed) => PushScope.BeginForDebug(logger, consumed);

    /// <summary>Settles a push that went through the sender.</summary>
    /// <param name="consumed">What was consumed.</param>
    /// <param name="push">What it was.</param>
    /// <param name="app">Its app.</param>
    /// <param name="report">What became of it.</param>
    /// <param name="abort">The process ends: what is not acknowledged stays in Kafka.</param>
    public Task SettleAsync(ConsumedPush consumed, PushNotification push, App app, SendReport report, CancellationToken abort)
    {
        var attempts = report.Attempts + (consumed.Delay?.Attempts ?? 0);
        var traits = OutcomeTable.Traits(report.Outcome);
        if (report.Attempts > 0 && traits is { IsFinal: true, BurnsAttempt: true }) // what we refuse ourselves no provider has answered
            metrics.PushAnswered(lane.Name, app.Name, time.GetUtcNow() - Later(consumed.Origin.Timestamp, push.SendAt));
        return traits.Settlement switch
        {
            Settlement.Complete => CompleteAsync(consumed, push, report.Outcome, attempts, abort),
            Settlement.CompleteAndReportToken => ReportTokenAsync(consumed, push, report, attempts, abort),
            Settlement.DeadLetter =>
                DeadLetterAsync(consumed, push, app, report, attempts, report.Outcome.Reason ?? DeadLetterReasons.Rejected, report.Outcome.Detail, abort),
            _ => RetryAsync(consumed, push, app, report, attempts, abort),
        };
    }

    /// <summary>Sends a push away to wait: it is not due yet, or in others' way.</summary>
    /// <param name="consumed">What was consumed.</param>
    /// <param name="notBefore">When it is due, unless its delay tier knows of a later instant.</param>
    /// <param name="reason">Why, unless its delay tier has a reason already.</param>
    /// <param name="abort">The process ends.</param>
    public Task PostponeAsync(ConsumedPush consumed, DateTimeOffset notBefore, string reason, CancellationToken abort) => DelayAsync(
        consumed,
        consumed.Delay?.NotBefore > notBefore ? consumed.Delay.NotBefore : notBefore,
        consumed.Delay?.Attempts ?? 0,
        consumed.Delay?.Retries ?? 0,
        consumed.Delay?.FirstFailedAt,
        consumed.Delay?.Reason ?? reason,
        time.GetUtcNow(),
        abort);

    /// <summary>Keeps a record that is no push of this lane: its bytes, intact, as a dead letter.</summary>
    /// <param name="consumed">What was consumed.</param>
    /// <param name="push">What it is, where it could be read.</param>
    /// <param name="refusal">Why it is none.</param>
    /// <param name="abort">The process ends.</param>
    public Task RefuseAsync(ConsumedPush consumed, PushNotification? push, Refusal refusal, CancellationToken abort) =>
        RefuseAsync(consumed, push, refusal, consumed.Delay?.Attempts ?? 0, consumed.Delay?.FirstFailedAt, abort);

    private async Task RefuseAsync(
        ConsumedPush consumed,
        PushNotification? push,
        Refusal refusal,
        int attempts,
        DateTimeOffset? firstFailedAt,
        CancellationToken abort)
    {
        if (GaveUp(consumed))
            return;
        var (reason, detail) = refusal;
        using (PushScope.Begin(logger, consumed))
            Log.Refused(logger, consumed.Topic, consumed.Partition.Partition, consumed.Offset, reason, detail);
        var outcome = new SendOutcome.Rejected { Reason = reason };
        await KeepAsync(DeadLetterOf(consumed, reason) with
        {
            PushId = push?.Id,
            App = push?.App,
            Outcome = OutcomeTable.Word(outcome.Kind),
            Detail = detail,
            Attempts = attempts,
            FirstFailedAt = firstFailedAt,
        }, abort);
        if (push is not null)
            await ReportAsync(consumed, push, outcome, isDeadLetter: true, attempts, abort);
        consumed.Complete();
        DispatchTraces.Settled(OutcomeTable.Word(outcome.Kind), reason, isDeadLetter: true);
        metrics.PushSettled(lane.Name, app: null, OutcomeTable.Word(outcome.Kind)); // the name may be anything, a metric's values may not
    }

    private Task CompleteAsync(ConsumedPush consumed, PushNotification push, SendOutcome outcome, int attempts, CancellationToken abort)
    {
        var (result, headers) = (ResultOf(push, outcome, isDeadLetter: false, attempts), TraceHeadersOf(consumed));
        if (!results.TryAdd(consumed, _topics.Results, result.Write(), headers, push.App, OutcomeTable.Word(outcome.Kind), abort))
            return CompleteLaterAsync(consumed, push, outcome, attempts, new() { Value = result.ToJson(), Headers = headers }, abort);
        Tell(push, outcome, isDeadLetter: false, attempts);
        return Task.CompletedTask;
    }

    private async Task CompleteLaterAsync(
        ConsumedPush consumed, PushNotification push, SendOutcome outcome, int attempts, Message<byte[]?, byte[]?> result, CancellationToken abort)
    {
        await handOff.ProduceAsync(_topics.Results, result, abort);
        End(consumed, push, outcome, isDeadLetter: false, attempts);
    }

    private async Task ReportTokenAsync(
        ConsumedPush consumed, PushNotification push, SendReport report, int attempts, CancellationToken abort)
    {
        var invalid = new InvalidToken(
            push.App,
            push.Target.Value,
            report.Outcome.Reason ?? "unregistered",
            (report.Outcome as SendOutcome.Unregistered)?.Since,
            report.FirstSentAt ?? time.GetUtcNow(),
            push.Id)
        {
            Kind = push.Target.Kind,
        };
        var message = new Message<byte[]?, byte[]?> { Key = Encoding.UTF8.GetBytes(invalid.Key), Value = invalid.ToJson() };
        await handOff.ProduceAsync(_topics.Tokens, message, abort);
        metrics.TokenReported(lane.Provider == Provider.Apns ? "apns" : "fcm", push.App);
        await CompleteAsync(consumed, push, report.Outcome, attempts, abort);
    }

    private Task RetryAsync(
        ConsumedPush consumed, PushNotification push, App app, SendReport report, int attempts, CancellationToken abort)
    {
        var now = time.GetUtcNow();
        var retries = consumed.Delay?.Retries ?? 0;
        var firstFailedAt = consumed.Delay?.FirstFailedAt ?? report.FirstFailedAt ?? now;
        var plan = retry.Next(push, report.Outcome, new RetryHistory(attempts, retries, firstFailedAt), now, chance());
        if (plan.Step == RetryStep.Exhaust && !gates.MayDeadLetter(app.Name))
            plan = retry.Rest(push, report.Outcome, now, chance()); // an outage makes a backlog, not dead letters
        return plan.Step switch
        {
            RetryStep.Expire => CompleteAsync(
                consumed, push, new SendOutcome.Expired { Reason = report.Outcome.Reason, Status = report.Outcome.Status }, attempts, abort),
            RetryStep.Exhaust => DeadLetterAsync(
                consumed, push, app, report, attempts, DeadLetterReasons.Exhausted, DetailOf(report.Outcome), abort),
            _ => DelayAsync(
                consumed,
                plan.NotBefore,
                attempts,
                OutcomeTable.Traits(report.Outcome).BurnsAttempt ? retries + 1 : retries,
                attempts > 0 ? firstFailedAt : null,
                report.Outcome.Reason,
                now,
                abort),
        };
    }

    private async Task DelayAsync(
        ConsumedPush consumed,
        DateTimeOffset notBefore,
        int attempts,
        int retries,
        DateTimeOffset? firstFailedAt,
        string? reason,
        DateTimeOffset now, // that of the decision: a moment later, the tier of exactly that wait would pass the instant
        CancellationToken abort)
    {
        if (GaveUp(consumed))
            return;
        var topic = _topics.Delays.TopicFor(notBefore, now);
        var leavesAt = _topics.Delays.LeavesAt(notBefore, now);
        var delayed = new DelayedPush(
            lane, notBefore, leavesAt, attempts, retries, firstFailedAt, reason, consumed.Origin, TraceOf(consumed));
        var message = delayed.ToMessage(consumed.Key, consumed.CopyValue(), consumed.Headers);
        var answer = await handOff.ProduceAsync(topic, message, static answer => answer.IsForEver, abort);
        if (answer.Outcome != ProduceOutcome.Acked)
        {
            // It cannot wait where pushes wait, and it may not hold its partition up for ever either.
            PushJson.TryDecode(consumed.Value, consumed.Origin.Timestamp, out var push, out _);
            var refusal = new Refusal(answer.IsTooLarge ? DeadLetterReasons.TooLarge : DeadLetterReasons.NotTaken, $"{topic}: {answer.Code}");
            await RefuseAsync(consumed, push, refusal, attempts, firstFailedAt, abort);
            return;
        }

        consumed.Complete();
        metrics.PushDelayed(lane.Name, topic);
        DispatchTraces.Delayed(topic, reason);
        Log.Delayed(logger, topic, notBefore, reason, attempts);
    }

    private async Task DeadLetterAsync(
        ConsumedPush consumed,
        PushNotification push,
        App app,
        SendReport report,
        int attempts,
        string reason,
        string? detail,
        CancellationToken abort)
    {
        if (GaveUp(consumed))
            return;
        await KeepAsync(DeadLetterOf(consumed, reason) with
        {
            PushId = push.Id,
            App = push.App,
            Tenant = app.Tenant,
            Outcome = OutcomeTable.Word(report.Outcome.Kind),
            Status = report.Outcome.Status,
            Detail = detail,
            Attempts = attempts,
            FirstFailedAt = consumed.Delay?.FirstFailedAt ?? report.FirstFailedAt,
        }, abort);
        await ReportAsync(consumed, push, report.Outcome, isDeadLetter: true, attempts, abort);
        End(consumed, push, report.Outcome, isDeadLetter: true, attempts);
    }

    /// <summary>Whether the push belongs to another worker by now: that one sends it, and hands it off if that fails too.</summary>
    private static bool GaveUp(ConsumedPush consumed)
    {
        if (consumed.IsLost)
            consumed.Abandon();
        return consumed.IsLost;
    }

    private void End(ConsumedPush consumed, PushNotification push, SendOutcome outcome, bool isDeadLetter, int attempts)
    {
        consumed.Complete();
        Tell(push, outcome, isDeadLetter, attempts);
        metrics.PushSettled(lane.Name, push.App, OutcomeTable.Word(outcome.Kind));
    }

    private void Tell(PushNotification push, SendOutcome outcome, bool isDeadLetter, int attempts)
    {
        DispatchTraces.Settled(OutcomeTable.Word(outcome.Kind), outcome.Reason, isDeadLetter);
        Log.Settled(logger, push.App, outcome.Kind, outcome.Reason, attempts);
    }

    private Task ReportAsync(
        ConsumedPush consumed, PushNotification push, SendOutcome outcome, bool isDeadLetter, int attempts, CancellationToken abort) =>
        handOff.ProduceAsync(
            _topics.Results,
            new() { Value = ResultOf(push, outcome, isDeadLetter, attempts).ToJson(), Headers = TraceHeadersOf(consumed) },
            abort);

    private PushResult ResultOf(PushNotification push, SendOutcome outcome, bool isDeadLetter, int attempts) => new(
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
        time.GetUtcNow())
    {
        Kind = push.Target.Kind,
        ValidateOnly = push.ValidateOnly,
    };

    private static Headers? TraceHeadersOf(ConsumedPush consumed)
    {
        if ((TraceContext.Current ?? consumed.Trace) is not { } trace)
            return null;
        var headers = new Headers();
        TraceHeaders.Put(headers, trace);
        return headers;
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset? b) => b > a ? b.Value : a;

    private static string? DetailOf(SendOutcome outcome) => outcome.Detail is { } detail ? $"{outcome.Reason}: {detail}" : outcome.Reason;

    /// <summary>The span of the push where there is one, so that what comes next is its child; otherwise what the record says.</summary>
    private static string? TraceOf(ConsumedPush consumed) =>
        TraceContext.Current is { } current ? current.TraceParent
        : consumed.Headers is { } headers && headers.TryGetLastBytes(DeadLetterHeaders.TraceParent, out var trace) && trace is not null
            ? Encoding.UTF8.GetString(trace)
            : null;

    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Debug, "Push for {App} settled: {Outcome} ({Reason}) after {Attempts} attempts")]
        public static partial void Settled(ILogger logger, string app, OutcomeKind outcome, string? reason, int attempts);

        [LoggerMessage(4, LogLevel.Debug, "Push waits in {Topic} until {NotBefore:O} ({Reason}) after {Attempts} attempts")]
        public static partial void Delayed(ILogger logger, string topic, DateTimeOffset notBefore, string? reason, int attempts);

        // Warning, not per push: a record that is no push means that some producer is wrong.
        [LoggerMessage(1, LogLevel.Warning, "Record {Topic}/{Partition}@{Offset} kept as a dead letter, {Reason}: {Detail}")]
        public static partial void Refused(ILogger logger, string topic, int partition, long offset, string reason, string? detail);

        [LoggerMessage(2, LogLevel.Error,
            "Record {Topic}/{Partition}@{Offset} is too large for {DeadLetters}: the dead letter has its headers and not its {Bytes} bytes, which stay where they are until retention deletes them")]
        public static partial void ValueOmitted(ILogger logger, string topic, int partition, long offset, string deadLetters, int bytes);
    }
}
