namespace Dispatcher.Core.Sending.Limits;

/// <summary>
/// A rate: tokens flow in evenly, up to a burst, and each attempt takes one. After a start or an outage the flow grows from a tenth to
/// its full height. (The limiters of .NET read the machine's clock, so no test could turn it.)
/// </summary>
/// <remarks>
/// Timestamps of a <see cref="TimeProvider"/> are taken to never run backwards. The ramp does not begin at nothing, because then the
/// first thousand pushes after an outage would all have to wait elsewhere.
/// </remarks>
internal sealed class TokenBucket
{
    private const double RampFrom = 0.1;

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private double _perSecond;
    private double _burst;
    private double _ramp;
    private long _rampBegan;
    private double _filledAt;
    private double _tokens = 1;

    /// <summary>A bucket whose ramp begins now.</summary>
    /// <param name="perSecond">The rate; infinite where there is no limit.</param>
    /// <param name="burst">How many tokens it holds at most.</param>
    /// <param name="ramp">How long the rate takes to its full height; zero for none.</param>
    /// <param name="time">The clock.</param>
    public TokenBucket(double perSecond, double burst, TimeSpan ramp, TimeProvider time)
    {
        _perSecond = perSecond;
        _burst = Math.Max(1, burst);
        _ramp = ramp.TotalSeconds;
        _time = time;
        _rampBegan = time.GetTimestamp();
    }

    /// <summary>Whether there is a limit at all.</summary>
    private bool IsLimited => Volatile.Read(ref _perSecond) < double.PositiveInfinity;

    /// <summary>Tokens that are there now; below zero those that are promised; <see langword="null"/> where there is no limit.</summary>
    public double? Tokens
    {
        get
        {
            if (!IsLimited)
                return null;
            lock (_lock)
            {
                Fill_NeedsLock();
                return _tokens;
            }
        }
    }

    /// <summary>Takes a token if one is there.</summary>
    /// <param name="wait">Otherwise, in how long one will be.</param>
    public bool TryTake(out TimeSpan wait) => TryTake(TimeSpan.Zero, out wait);

    /// <summary>Takes a token if one is there in time: the one that flows in next is promised to the caller and to nobody else.</summary>
    /// <param name="longest">How long the caller would wait.</param>
    /// <param name="wait">How long the caller has to wait before it uses the token; or, without one, in how long there would be one.</param>
    public bool TryTake(TimeSpan longest, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (!IsLimited)
            return true;
        lock (_lock)
        {
            Fill_NeedsLock();
            wait = _tokens >= 1 || !IsLimited ? TimeSpan.Zero : Until_NeedsLock(1 - _tokens);
            if (wait > longest)
                return false;
            _tokens--;
            return true;
        }
    }

    /// <summary>Returns a token that was not used after all.</summary>
    public void GiveBack()
    {
        if (!IsLimited)
            return;
        lock (_lock)
            _tokens++;
    }

    /// <summary>Takes another rate, without a ramp of its own: tokens that are there stay, as far as they fit.</summary>
    /// <param name="perSecond">The rate; infinite where there is no limit.</param>
    /// <param name="burst">How many tokens it holds at most.</param>
    /// <param name="ramp">How long the rate takes to its full height after the next outage.</param>
    public void Adopt(double perSecond, double burst, TimeSpan ramp)
    {
        lock (_lock)
        {
            if (IsLimited)
                Fill_NeedsLock();
            else
                (_filledAt, _tokens) = (_time.GetElapsedTime(_rampBegan).TotalSeconds, 1);
            Volatile.Write(ref _perSecond, perSecond);
            (_burst, _ramp) = (Math.Max(1, burst), ramp.TotalSeconds);
        }
    }

    /// <summary>Begins the ramp anew: an outage is over.</summary>
    public void RampUp()
    {
        lock (_lock)
        {
            Fill_NeedsLock();
            _rampBegan = _time.GetTimestamp();
            _filledAt = 0;
            _tokens = Math.Min(_tokens, 1);
        }
    }

    private void Fill_NeedsLock()
    {
        if (!IsLimited)
            return; // since the caller looked
        var now = _time.GetElapsedTime(_rampBegan).TotalSeconds;
        _tokens = Math.Min(_tokens + Flow(_filledAt, now), Math.Max(1, _burst * Height(now)));
        _filledAt = now;
    }

    /// <summary>The rate as a share of its full height, some seconds after the ramp began.</summary>
    private double Height(double at) => at >= _ramp ? 1 : RampFrom + ((1 - RampFrom) * at / _ramp);

    /// <summary>What flows in between two moments: the area below the rate.</summary>
    private double Flow(double from, double to)
    {
        var (rampFrom, rampTo) = (Math.Min(from, _ramp), Math.Min(to, _ramp));
        var onRamp = (rampTo - rampFrom) * (Height(rampFrom) + Height(rampTo)) / 2;
        return _perSecond * (onRamp + (to - rampTo) - (from - rampFrom));
    }

    /// <summary>In how long so many tokens will have flowed in.</summary>
    private TimeSpan Until_NeedsLock(double tokens)
    {
        var onRamp = Flow(_filledAt, Math.Max(_filledAt, _ramp));
        double seconds;
        if (tokens >= onRamp)
        {
            seconds = Math.Max(0, _ramp - _filledAt) + ((tokens - onRamp) / _perSecond);
        }
        else
        {
            // height·t + slope·t²/2 = tokens/rate
            var (height, slope) = (Height(_filledAt), (1 - RampFrom) / _ramp);
            seconds = (Math.Sqrt((height * height) + (2 * slope * tokens / _perSecond)) - height) / slope;
        }

        return TimeSpan.FromTicks((long)Math.Ceiling(seconds * TimeSpan.TicksPerSecond) + 1);
    }
}
