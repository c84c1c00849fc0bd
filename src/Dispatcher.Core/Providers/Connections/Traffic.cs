namespace Dispatcher.Core.Providers.Connections;

/// <summary>What leaves through the connections of one pool.</summary>
internal sealed class Traffic
{
    private long _bytes;
    private long _replays;
    private int _leaving;

    /// <summary>Bytes of bodies since the start.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Requests that .NET sent again by itself because the peer had refused the stream.</summary>
    public long Replays => Interlocked.Read(ref _replays);

    /// <summary>Bodies that have begun to leave and wait for the peer to make room (flow control), or for the connection's writer.</summary>
    public int Leaving => Volatile.Read(ref _leaving);

    /// <summary>A body begins to leave.</summary>
    public void Begins(int bytes, bool isReplay)
    {
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Increment(ref _leaving);
        if (isReplay)
            Interlocked.Increment(ref _replays);
    }

    /// <summary>A body has left, or never will.</summary>
    public void Ends() => Interlocked.Decrement(ref _leaving);
}
