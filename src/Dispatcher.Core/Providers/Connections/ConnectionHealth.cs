namespace Dispatcher.Core.Providers.Connections;

/// <summary>What its answers, and the want of them, say about a connection. Guarded by the pool's lock.</summary>
internal sealed class ConnectionHealth
{
    // A connection whose requests all run into their deadlines is dead, whatever TCP and pings say (dotnet/runtime#120179, #82236).
    private const int TimeoutsUntilDead = 3;

    // A push is sent three times at most. A peer that is going away refuses for hours (node-apn#140).
    private const int RefusalsUntilDead = 5;

    private long _quietSince;
    private int _timeouts;
    private int _refusals;

    /// <summary>The first request after none, or an answer: its silence begins now.</summary>
    public void Spoke(long now) => _quietSince = now;

    /// <summary>A request was answered.</summary>
    public void Answered(long now)
    {
        _quietSince = now;
        (_timeouts, _refusals) = (0, 0);
    }

    /// <summary>A request's deadline passed.</summary>
    /// <returns>Whether the connection is dead.</returns>
    public bool TimedOut() => ++_timeouts >= TimeoutsUntilDead;

    /// <summary>A request's stream was refused.</summary>
    /// <returns>Whether the connection is as good as dead.</returns>
    public bool Refused() => ++_refusals >= RefusalsUntilDead;

    /// <summary>For how long there has been no answer, while there was something to answer.</summary>
    public TimeSpan Silence(TimeProvider time) => time.GetElapsedTime(_quietSince);
}
