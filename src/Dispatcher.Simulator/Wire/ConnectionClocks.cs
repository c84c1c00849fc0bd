namespace Dispatcher.Simulator.Wire;

/// <summary>Ends a connection at its age, or after a time without requests.</summary>
internal sealed class ConnectionClocks(WireConnection connection, TimeProvider time) : IDisposable
{
    // As Google's front end says it.
    private const string TooOld = "max_age";
    private const string TooQuiet = "session_timed_out";

    private ITimer? _age;
    private ITimer? _idle;
    private long _lastRequest;

    public void Start(WireProfile profile)
    {
        _lastRequest = time.GetTimestamp();
        if (profile.MaxAgeMs is { } age)
            _age = time.CreateTimer(_ => connection.GoAway(new GoAwayOrder { Debug = TooOld }), null, TimeSpan.FromMilliseconds(age), Timeout.InfiniteTimeSpan);
        if (profile.IdleMs is { } idle)
            _idle = time.CreateTimer(_ => Look(TimeSpan.FromMilliseconds(idle)), null, TimeSpan.FromMilliseconds(idle), Timeout.InfiniteTimeSpan);
    }

    /// <summary>A request came.</summary>
    public void Touch()
    {
        if (_idle is not null)
            Volatile.Write(ref _lastRequest, time.GetTimestamp());
    }

    public void Dispose()
    {
        _age?.Dispose();
        _idle?.Dispose();
    }

    private void Look(TimeSpan patience)
    {
        var left = patience - time.GetElapsedTime(Volatile.Read(ref _lastRequest));
        if (left <= TimeSpan.Zero && connection.IsIdle)
            connection.GoAway(new GoAwayOrder { Debug = TooQuiet });
        else
            _idle?.Change(left > TimeSpan.Zero ? left : patience, Timeout.InfiniteTimeSpan);
    }
}
