namespace Dispatcher.Core.Sending.Limits;

/// <summary>
/// How many attempts may be in flight, found out by trying: one more per round trip while the limit is used and all is well, a tenth
/// fewer after a round trip with trouble (AIMD, as Vector's adaptive concurrency). Until the first trouble it doubles instead.
/// </summary>
/// <remarks>
/// The usual latency is learned downwards at once, because queues only ever add to it; upwards only while the limit is not what
/// holds attempts back, or is at its minimum. Otherwise a long overload would become the usual.
/// </remarks>
internal sealed class AdaptiveLimit
{
    /// <summary>What is left of the limit after trouble: Vector's <c>decrease_ratio</c>.</summary>
    private const double Decrease = 0.9;

    /// <summary>The share of failures in a round trip that is trouble. With less, one bad device in a hundred would slow an app down.</summary>
    private const double TroubleShare = 0.1;

    /// <summary>
    /// A mean latency below this, in seconds, is no trouble, whatever is usual: Firebase ("Scale your FCM sends") calls a 95th percentile
    /// above 500 ms one, and a busy machine of ours adds its own hundred.
    /// </summary>
    private const double Unsuspicious = 0.25;

    /// <summary>
    /// Where it starts. A worker that starts into a backlog is slow itself for a second or two, while its connections open and its code is
    /// compiled; with a fifth of this it turned pushes away that nothing was wrong with. Half the loops that a lane has by default.
    /// </summary>
    private const int Initial = 500;

    /// <summary>Seconds over which the usual latency is forgotten while it rises; it falls ten times as fast.</summary>
    private const double Memory = 60;

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private int _minimum;
    private volatile int _maximum;
    private double _tolerance;
    private double _limit;
    private volatile bool _doubling = true;
    private double _usual;
    private long _roundBegan;
    private int _answers;
    private int _failures;
    private int _measured;
    private double _latencies;
    private double _clipped;
    private bool _used;
    private volatile int _current;
    private long _recentTicks;

    /// <summary>A limit that has seen nothing yet.</summary>
    /// <param name="minimum">Never fewer.</param>
    /// <param name="maximum">Never more.</param>
    /// <param name="tolerance">How many times the usual latency a round trip may take.</param>
    /// <param name="time">The clock.</param>
    public AdaptiveLimit(int minimum, int maximum, double tolerance, TimeProvider time)
    {
        _minimum = minimum;
        _limit = _current = Math.Clamp(Initial, minimum, maximum);
        _maximum = maximum;
        _tolerance = tolerance;
        _time = time;
        _roundBegan = time.GetTimestamp();
    }

    /// <summary>The limit.</summary>
    public int Current => _current;

    /// <summary>Whether nothing has gone wrong yet: it grows fast, and its pace says little about what is to come.</summary>
    public bool IsDoubling => _doubling;

    /// <summary>Never more than this.</summary>
    public int Maximum => _maximum;

    /// <summary>The mean latency of the last round trip, failures included; zero before the first.</summary>
    public TimeSpan Recent => TimeSpan.FromTicks(Volatile.Read(ref _recentTicks));

    /// <summary>Takes other bounds; what was learnt stays. Attempts beyond a lower maximum end in their own time.</summary>
    /// <param name="minimum">Never fewer.</param>
    /// <param name="maximum">Never more.</param>
    /// <param name="tolerance">How many times the usual latency a round trip may take.</param>
    public void Adopt(int minimum, int maximum, double tolerance)
    {
        lock (_lock)
        {
            (_minimum, _maximum, _tolerance) = (minimum, maximum, tolerance);
            _limit = Math.Clamp(_limit, minimum, maximum);
            _current = (int)_limit;
        }
    }

    /// <summary>An attempt ended, and says something about the service.</summary>
    /// <param name="latency">How long it took.</param>
    /// <param name="isTrouble">The service throttled, could not, or did not answer.</param>
    /// <param name="inFlight">How many attempts there were, this one included.</param>
    /// <param name="now">The timestamp at which it ended.</param>
    public void Ended(TimeSpan latency, bool isTrouble, int inFlight, long now)
    {
        var seconds = latency.TotalSeconds;
        lock (_lock)
        {
            var isUsed = inFlight * 2 >= _limit;
            _used |= isUsed;
            _answers++;
            _latencies += seconds;
            if (isTrouble)
            {
                _failures++;
            }
            else
            {
                if (_usual == 0)
                    _usual = seconds;
                _measured++;
                // Clipped, so that one answer of a minute does not speak for the ninety-nine of a moment.
                _clipped += Math.Min(seconds, 2 * Tolerated);
                if (isUsed && seconds <= Tolerated)
                    _limit = Math.Min(_maximum, _limit + (_doubling ? 1 : 1 / _limit));
            }

            var elapsed = _time.GetElapsedTime(_roundBegan, now).TotalSeconds;
            if (elapsed >= (_usual > 0 ? _usual : seconds))
                EndRound_NeedsLock(elapsed, now);
            _current = (int)_limit;
        }
    }

    private double Tolerated => Math.Max(_tolerance * _usual, Unsuspicious);

    private void EndRound_NeedsLock(double elapsed, long now)
    {
        var mean = _measured > 0 ? _clipped / _measured : 0;
        if (mean > Tolerated || (_failures > 0 && _failures >= TroubleShare * _answers))
        {
            _limit = Math.Max(_minimum, _limit * Decrease);
            _doubling = false;
        }

        if (_measured > 0)
            Learn_NeedsLock(mean, elapsed);
        Volatile.Write(ref _recentTicks, (long)(_latencies / _answers * TimeSpan.TicksPerSecond));
        _roundBegan = now;
        (_answers, _failures, _measured, _latencies, _clipped, _used) = (0, 0, 0, 0, 0, false);
    }

    private void Learn_NeedsLock(double mean, double elapsed)
    {
        var isUnhindered = _limit <= _minimum;
        if (mean > _usual && _used && !isUnhindered)
            return;
        var memory = mean < _usual || isUnhindered ? Memory / 10 : Memory;
        // Never more than a fifth at once: a round after a long silence is no better witness than any other.
        _usual += (mean - _usual) * Math.Min(0.2, 1 - Math.Exp(-elapsed / memory));
    }
}
