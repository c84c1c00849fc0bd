namespace Dispatcher.Core.Sending.Limits;

/// <summary>
/// Quick retries as a share of recent first attempts, plus a small reserve: when everything fails, retries add that share to a
/// provider's load and no more. The idea and the figures are Finagle's, by way of tower's <c>TpsBudget</c>.
/// </summary>
/// <param name="share">Retries that one first attempt pays for.</param>
/// <param name="reserve">Retries a second that need no first attempt.</param>
/// <param name="time">The clock.</param>
internal sealed class RetryBudget(double share, int reserve, TimeProvider time)
{
    /// <summary>What is recent, in seconds: one slot each.</summary>
    public const int Window = 10;

    private readonly Lock _lock = new();
    private readonly double[] _slots = new double[Window];
    private double _share = share;
    private int _reserve = reserve;
    private long _second;

    /// <summary>Retries that would be paid for now.</summary>
    public int Balance
    {
        get
        {
            lock (_lock)
            {
                _ = Slot_NeedsLock(time.GetTimestamp()); // what is no longer recent goes first
                return (int)Math.Max(0, Balance_NeedsLock() + 1e-9);
            }
        }
    }

    /// <summary>Takes another budget; what was earned and spent of late stays.</summary>
    /// <param name="newShare">Retries that one first attempt pays for.</param>
    /// <param name="newReserve">Retries a second that need no first attempt.</param>
    public void Adopt(double newShare, int newReserve)
    {
        lock (_lock)
            (_share, _reserve) = (newShare, newReserve);
    }

    /// <summary>A push was attempted for the first time.</summary>
    /// <param name="now">The timestamp at which it began.</param>
    public void FirstAttempt(long now)
    {
        lock (_lock)
            Slot_NeedsLock(now) += _share;
    }

    /// <summary>Pays for a retry, if there is something to pay with.</summary>
    public bool TrySpend()
    {
        lock (_lock)
        {
            ref var slot = ref Slot_NeedsLock(time.GetTimestamp());
            if (Balance_NeedsLock() < 1 - 1e-9)
                return false;
            slot--;
            return true;
        }
    }

    private double Balance_NeedsLock()
    {
        var balance = (double)_reserve * Window;
        foreach (var earned in _slots)
            balance += earned;
        return balance;
    }

    /// <summary>The slot of this second; those that are no longer recent are emptied on the way.</summary>
    private ref double Slot_NeedsLock(long now)
    {
        var second = now / time.TimestampFrequency;
        for (var stale = Math.Max(_second + 1, second - Window + 1); stale <= second; stale++)
            _slots[stale % Window] = 0;
        _second = Math.Max(_second, second);
        return ref _slots[_second % Window];
    }
}
