using Dispatcher.Api.Pushes;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Api.Scheduling;

/// <summary>Pushes for later: made known before they are published, and cancelled while they wait.</summary>
internal sealed class Schedule : IAsyncDisposable
{
    /// <summary>How long a start waits until everything that is scheduled has been read, before it is ready all the same.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);

    /// <summary>How long an unknown id may take to become known: another API has just accepted it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly SchedulePublisher _publisher;
    private readonly SchedulingMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ScheduleDirectory _directory;
    private readonly TopicFollower _follower;
    private readonly long _startedAt;

    public Schedule(
        SchedulingOptions options,
        KafkaOptions kafka,
        SchedulePublisher publisher,
        SchedulingMetrics metrics,
        KafkaMetrics kafkaMetrics,
        TimeProvider time,
        ILogger<TopicFollower> logger)
    {
        (_publisher, _metrics, _time) = (publisher, metrics, time);
        _directory = new ScheduleDirectory(options.MaxCancellable, time);
        var topics = kafka.Topics;
        _follower = new TopicFollower(
            kafka,
            [topics.Scheduled, topics.Cancels],
            (topic, value) =>
            {
                if (ScheduledPushes.TryRead(value) is { } pushes)
                    _directory.Add(pushes, isCancelled: topic == topics.Cancels);
            },
            time,
            kafkaMetrics,
            logger);
        metrics.Watch(() => _directory.Count, () => _directory.Evicted, () => _follower.Lag);
        _startedAt = time.GetTimestamp();
        _follower.Start();
    }

    /// <summary>Whether requests may come: everything that is scheduled is known, or has taken too long to read.</summary>
    /// <param name="deadline">How long to wait for that.</param>
    public async Task<bool> IsReadyAsync(TimeSpan deadline) =>
        _follower.HasCaughtUp
        || _time.GetElapsedTime(_startedAt) > StartPatience
        || await _follower.CatchUpAsync(deadline, CancellationToken.None);

    /// <summary>Makes the pushes of a request known.</summary>
    /// <param name="pushes">The pushes.</param>
    /// <returns>Whether Kafka knows of them now.</returns>
    public async Task<ProduceAnswer> AnnounceAsync(ScheduledPushes pushes)
    {
        var answer = await _publisher.AnnounceAsync(pushes);
        if (answer.Outcome == ProduceOutcome.Acked)
            _directory.Add(pushes, isCancelled: false);
        return answer;
    }

    /// <summary>Cancels a push, or all pushes of a request.</summary>
    /// <param name="id">The push, or the request.</param>
    /// <param name="tenant">Who asks.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    /// <returns>What is cancelled now, or why nothing is.</returns>
    public async Task<(ScheduledPushes? Cancelled, Problem? Problem)> CancelAsync(Guid id, string tenant, CancellationToken cancellationToken)
    {
        var (cancelled, problem) = await TryCancelAsync(id, tenant, cancellationToken);
        _metrics.CancelAsked(problem?.Type ?? "cancelled");
        return (cancelled, problem);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _follower.StopAsync();
        _follower.Dispose();
    }

    private async Task<(ScheduledPushes? Cancelled, Problem? Problem)> TryCancelAsync(Guid id, string tenant, CancellationToken cancellationToken)
    {
        var pushes = _directory.Find(id, tenant, out var isCancelled);
        if (pushes is null)
        {
            // What another API accepted a moment ago may not have come here yet: only who has read everything may say that there is no such push.
            var isUpToDate = await _follower.CatchUpAsync(Patience, cancellationToken);
            pushes = _directory.Find(id, tenant, out isCancelled);
            if (pushes is null)
                return (null, isUpToDate ? ScheduleProblems.NoSuchPush : ScheduleProblems.NotKnownYet);
        }

        if (isCancelled)
            return (pushes, null);
        if (IsTooLate(pushes, ScheduledPushes.CancelMargin))
            return (null, ScheduleProblems.TooLate(pushes.SendAt));
        var answer = await _publisher.CancelAsync(pushes);
        if (answer.Outcome == ProduceOutcome.Refused)
            return (null, ScheduleProblems.NotCancelled);
        if (answer.Outcome == ProduceOutcome.Unknown || IsTooLate(pushes, ScheduledPushes.CancelMargin / 2))
            return (null, ScheduleProblems.MaybeCancelled);
        _directory.Add(pushes, isCancelled: true);
        return (pushes, null);
    }

    private bool IsTooLate(ScheduledPushes pushes, TimeSpan margin) => pushes.SendAt - margin <= _time.GetUtcNow();
}
