namespace Dispatcher.Api.Limits;

/// <summary>A rate: pushes flow in evenly, up to what the bucket holds, and a request takes all of its own or none.</summary>
internal sealed class RateBucket
{
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly long _begin;
    private double _perSecond;
    private double _capacity;
    private double _filledAt;
    private double _left;

    /// <summary>A bucket that is full.</summary>
    /// <param name="perSecond">The rate.</param>
    /// <param name="capacity">What it holds at most.</param>
    /// <param name="time">The clock.</param>
    public RateBucket(double perSecond, double capacity, TimeProvider time)
    {
        (_perSecond, _capacity, _time) = (perSecond, capacity, time);
        _begin = time.GetTimestamp();
        _left = capacity;
    }

    /// <summary>What is in it now.</summary>
    public double Left
    {
        get
        {
            lock (_lock)
            {
                Fill_NeedsLock();
                return _left;
            }
        }
    }

    /// <summary>Takes another rate; what is in it stays, as far as it fits.</summary>
    /// <param name="perSecond">The rate.</param>
    /// <param name="capacity">What it holds at most.</param>
    public void Adopt(double perSecond, double capacity)
    {
        lock (_lock)
        {
            Fill_NeedsLock();
            (_perSecond, _capacity) = (perSecond, capacity);
            _left = Math.Min(_left, capacity);
        }
    }

    /// <summary>Takes pushes, if all of them are there.</summary>
    /// <param name="pushes">How many; at most what the bucket holds.</param>
    /// <param name="wait">Otherwise, in how long they will be, if nobody else takes them.</param>
    public bool TryTake(int pushes, out TimeSpan wait)
    {
        lock (_lock)
        {
            Fill_NeedsLock();
            wait = _left >= pushes ? TimeSpan.Zero : TimeSpan.FromSeconds((pushes - _left) / _perSecond);
            if (wait > TimeSpan.Zero)
                return false;
            _left -= pushes;
            return true;
        }
    }

    /// <summary>Returns what was not used after all.</summary>
    /// <param name="pushes">How many.</param>
    public void GiveBack(int pushes)
    {
        lock (_lock)
            _left = Math.Min(_left + pushes, _capacity);
    }

    private void Fill_NeedsLock()
    {
        var now = _time.GetElapsedTime(_begin).TotalSeconds;
        _left = Math.Min(_left + ((now - _filledAt) * _perSecond), _capacity);
        _filledAt = now;
    }
}
