using Dispatcher.Core.Sending;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>
/// When to dial. Connections open one after the other, and a peer that does not let itself be reached, or ends connections at once, is
/// dialled ever more slowly: opening and closing them quickly looks like an attack (Apple, "Sending notification requests to APNs").
/// Guarded by the pool's lock.
/// </summary>
/// <param name="pace">The least time between two connections.</param>
/// <param name="time">The clock.</param>
/// <param name="chance">For jitter.</param>
internal sealed class DialPace(TimeSpan pace, TimeProvider time, Func<double> chance)
{
    // So many lost connections are replaced at once; after that, one a pace.
    private const int SpareDials = 3;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    // Twice the rhythm in which an endpoint's breaker probes: it must find out that an outage is over.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private DateTimeOffset _pausedUntil = DateTimeOffset.MinValue;
    private DateTimeOffset _pacedUntil = DateTimeOffset.MinValue;
    private TimeSpan _pause;
    private double _spare = SpareDials;
    private DateTimeOffset _sparedAt = time.GetUtcNow();

    /// <summary>Why the last dial failed, while its pause lasts.</summary>
    public SendOutcome? Failure { get => time.GetUtcNow() < _pausedUntil ? field : null; private set; }

    /// <summary>Whether to dial now.</summary>
    /// <param name="isUrgent">Whether there is no connection at all.</param>
    public bool MayDial(bool isUrgent)
    {
        var now = time.GetUtcNow();
        return now >= _pausedUntil && (now >= _pacedUntil || (isUrgent && Spare(now) >= 1));
    }

    /// <summary>A dial begins.</summary>
    public void Begins()
    {
        var now = time.GetUtcNow();
        _spare = Math.Max(0, Spare(now) - 1);
        _sparedAt = now;
        _pacedUntil = now + pace;
    }

    /// <summary>A connection came about.</summary>
    /// <returns>Whether it is the first after failures.</returns>
    public bool Succeeded()
    {
        var hadFailed = _pause > TimeSpan.Zero;
        _pause = TimeSpan.Zero;
        return hadFailed;
    }

    /// <summary>None came about.</summary>
    /// <param name="outcome">What that means for a push.</param>
    /// <returns>Whether it is the first failure in a row.</returns>
    public bool Failed(SendOutcome outcome)
    {
        var isFirst = _pause == TimeSpan.Zero;
        _pause = _pause == TimeSpan.Zero ? FirstPause : TimeSpan.FromTicks(Math.Min(2 * _pause.Ticks, LongestPause.Ticks));
        _pausedUntil = time.GetUtcNow() + (_pause * (0.75 + (chance() / 4)));
        Failure = outcome;
        return isFirst;
    }

    private double Spare(DateTimeOffset now) => pace <= TimeSpan.Zero ? SpareDials : Math.Min(SpareDials, _spare + ((now - _sparedAt) / pace));
}
