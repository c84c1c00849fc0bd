namespace Dispatcher.Core.Providers.Connections;

/// <summary>What leaves through the connections of one pool.</summary>
internal sealed class Traffic
{
    private long _bytes;

    /// <summary>Bytes of bodies since the start.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>A body leaves.</summary>
    public void Add(int bytes) => Interlocked.Add(ref _bytes, bytes);
}
