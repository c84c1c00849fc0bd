using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Worker.Dispatching;

/// <summary>
/// The scheduled pushes that are not to be sent after all. Every worker reads them from the beginning, so it does not matter which of them
/// has the push. Bounded by <see cref="WorkerOptions.MaxCancelled"/>; when full, those that are due first go.
/// </summary>
internal sealed partial class Cancellations : IDisposable
{
    /// <summary>How long after it is due a push may still come: Kafka's default retention, after which it would not be in its topic any more.</summary>
    public static readonly TimeSpan KeptAfterDue = TimeSpan.FromDays(7);

    /// <summary>How long a due push waits at a start until all that is cancelled has been read.</summary>
    public static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);

    /// <summary>How long a due push waits for Kafka to say that nothing more is cancelled; for the next one in such an outage nobody waits.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly DueIds<TenantId, bool> _ids;
    private readonly Dictionary<string, string> _tenants = new(StringComparer.Ordinal);
    private readonly TopicFollower _follower;
    private readonly SchedulingMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long _startedAt;
    private long _gaveUpAt;

    public Cancellations(
        KafkaOptions kafka, int capacity, SchedulingMetrics metrics, KafkaMetrics kafkaMetrics, TimeProvider time, ILoggerFactory loggers)
    {
        (_ids, _metrics, _time, _logger) = (new(capacity), metrics, time, loggers.CreateLogger<Cancellations>());
        _follower = new TopicFollower(
            kafka, [kafka.Topics.Cancels], (_, value) => Add(value), time, kafkaMetrics, loggers.CreateLogger<TopicFollower>());
        metrics.Watch(() => Locked(ids => ids.Count), () => Locked(ids => ids.Evicted), () => _follower.Lag);
    }

    /// <summary>Whether everything has been read that was cancelled before the start.</summary>
    public bool HasCaughtUp => _follower.HasCaughtUp;

    /// <summary>Whether Kafka has not said what is cancelled since somebody waited for it in vain.</summary>
    public bool HasGivenUp => Volatile.Read(ref _gaveUpAt) > _follower.ConfirmedAt.UtcTicks;

    /// <summary>Starts to read.</summary>
    public void Start()
    {
        _startedAt = _time.GetTimestamp();
        _follower.Start();
    }

    /// <summary>Reads no more.</summary>
    public Task StopAsync() => _follower.StopAsync();

    /// <summary>Whether a push is known to be cancelled; what Kafka took a moment ago may be missing.</summary>
    /// <param name="push">The push.</param>
    /// <param name="tenant">Whose app it is for: what another tenant cancels under the same id is another push.</param>
    public bool Knows(PushNotification push, string tenant) =>
        push.SendAt is not null && Locked(ids => ids.TryGet(new TenantId(push.Id, tenant), out _));

    /// <summary>Whether a push that is due is cancelled. Asks Kafka first whether there is anything to read, once for all that are due by then.</summary>
    /// <param name="push">The push.</param>
    /// <param name="tenant">Whose app it is for.</param>
    /// <param name="abort">The process ends.</param>
    public ValueTask<bool> IsCancelledAsync(PushNotification push, string tenant, CancellationToken abort)
    {
        if (push.SendAt is not { } sendAt)
            return ValueTask.FromResult(false);
        // An API cancels until half a margin before by its clock; a look after the push was due by ours has seen that.
        return _follower.ConfirmedAt >= sendAt ? ValueTask.FromResult(Knows(push, tenant)) : AskAsync(push, tenant, abort);
    }

    /// <inheritdoc/>
    public void Dispose() => _follower.Dispose();

    private async ValueTask<bool> AskAsync(PushNotification push, string tenant, CancellationToken abort)
    {
        var patience = PatienceNow();
        var isConfirmed = await _follower.CatchUpAsync(patience, abort);
        if (Knows(push, tenant))
            return true;
        if (isConfirmed)
            return false;
        if (patience > TimeSpan.Zero && !HasGivenUp)
        {
            Volatile.Write(ref _gaveUpAt, _time.GetUtcNow().UtcTicks);
            Log.Unconfirmed(_logger, patience);
        }

        _metrics.SentUnconfirmed();
        return false;
    }

    /// <summary>One outage holds a lane up once: who comes after somebody who waited in vain does not wait.</summary>
    private TimeSpan PatienceNow()
    {
        if (HasGivenUp)
            return TimeSpan.Zero;
        var left = StartPatience - _time.GetElapsedTime(_startedAt);
        return !_follower.HasCaughtUp && left > Patience ? left : Patience;
    }

    private void Add(byte[]? value)
    {
        if (ScheduledPushes.TryRead(value) is not { } cancelled)
            return;
        var forgotten = _time.GetUtcNow() - KeptAfterDue;
        lock (_lock)
        {
            _ids.ForgetDueBefore(forgotten);
            if (cancelled.SendAt < forgotten)
                return;
            if (!_tenants.TryGetValue(cancelled.Tenant, out var tenant))
                _tenants.Add(tenant = cancelled.Tenant, tenant); // one string for all: there are few
            foreach (var push in cancelled.Pushes)
                _ids.Set(new TenantId(push, tenant), cancelled.SendAt, true);
        }
    }

    private T Locked<T>(Func<DueIds<TenantId, bool>, T> read)
    {
        lock (_lock)
            return read(_ids);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error,
            "Kafka does not say what is cancelled, and a push that is due has waited {Patience} for it. Until Kafka does, scheduled pushes are sent unless their cancelling was read before")]
        public static partial void Unconfirmed(ILogger logger, TimeSpan patience);
    }
}
