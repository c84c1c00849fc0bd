using System.Collections.Concurrent;

namespace Dispatcher.Simulator.Fcm;

/// <summary>
/// FCM's limits on rates, for whoever wants to meet them: <c>PUT /quotas</c>. Off until set, so that a load test measures the client.
/// Source: Firebase, "FCM quotas": 600,000 messages a minute for a project, 240 a minute and 5,000 an hour for a device.
/// </summary>
/// <param name="time">The clock that the minutes run on.</param>
public sealed class FcmQuotas(TimeProvider time)
{
    // Beyond it the devices are forgotten, so that a load cannot fill the memory.
    private const int Bound = 1_000_000;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<(string Project, string? Device, bool IsHour), Bucket> _buckets = [];
    private QuotaLimits _limits = new();

    /// <summary>What is allowed; set, every bucket is full again.</summary>
    public QuotaLimits Limits
    {
        get => _limits;
        set
        {
            _limits = value;
            _buckets.Clear();
        }
    }

    /// <summary>Counts a message; answers what was exceeded, or <see langword="null"/>.</summary>
    internal FcmError? Take(string project, in FcmMessage message)
    {
        var limits = _limits;
        if (limits.IsOff)
            return null;
        if (_buckets.Count >= Bound)
            _buckets.Clear();
        if (!TryTake((project, null, false), limits.ProjectPerMinute, Minute))
            return FcmError.Quota($"project:{project}", "messages per minute");
        if (!message.IsToken)
            return null;
        return TryTake((project, message.Target, false), limits.DevicePerMinute, Minute) && TryTake((project, message.Target, true), limits.DevicePerHour, Hour)
            ? null
            : FcmError.Quota("device", "messages to this device");
    }

    private bool TryTake((string Project, string? Device, bool IsHour) key, int? limit, TimeSpan period) =>
        limit is not { } most || _buckets.GetOrAdd(key, _ => new Bucket()).TryTake(most, period, time.GetUtcNow());

    /// <summary>Full again each period, counted from its first message: the minute is not the clock's.</summary>
    private sealed class Bucket
    {
        private readonly Lock _lock = new();
        private DateTimeOffset _since = DateTimeOffset.MinValue;
        private int _taken;

        public bool TryTake(int most, TimeSpan period, DateTimeOffset now)
        {
            lock (_lock)
            {
                if (now - _since >= period)
                    (_since, _taken) = (now, 0);
                return _taken < most && ++_taken <= most;
            }
        }
    }
}
