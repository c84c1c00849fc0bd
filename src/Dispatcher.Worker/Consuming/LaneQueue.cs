using System.Threading.Channels;

namespace Dispatcher.Worker.Consuming;

/// <summary>
/// The bounded channel between the pumps (the lane's own and that of the delay tiers) and the lane's dispatch loops. Bound: a number of
/// pushes and a number of bytes, whichever is reached first; two pumps may pass it by one push. When full: <see cref="HasRoom"/> is false,
/// and a pump holds what it has and stops consuming.
/// </summary>
/// <param name="maxPushes">Pushes at most.</param>
/// <param name="maxBytes">Bytes of values at most; a single push above it is let through into an empty queue.</param>
internal sealed class LaneQueue(int maxPushes, long maxBytes) : IDisposable
{
    // Unbounded by itself: the writers ask HasRoom first.
    private readonly Channel<ConsumedPush> _channel = Channel.CreateUnbounded<ConsumedPush>();

    private readonly AutoResetEvent _taken = new(false);
    private int _count;
    private long _bytes;

    /// <summary>Pushes in the queue.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether one more push may be added.</summary>
    public bool HasRoom => Count < maxPushes && Interlocked.Read(ref _bytes) < maxBytes;

    /// <summary>Whether the queue is down to half its bound.</summary>
    public bool IsHalfEmpty => Count <= maxPushes / 2 && Interlocked.Read(ref _bytes) <= maxBytes / 2;

    /// <summary>Adds a push.</summary>
    /// <param name="push">The push.</param>
    public void Add(ConsumedPush push)
    {
        Interlocked.Increment(ref _count);
        Interlocked.Add(ref _bytes, push.Length);
        _channel.Writer.TryWrite(push);
    }

    /// <summary>Waits on the pump's thread until a push is taken.</summary>
    /// <param name="deadline">How long at most.</param>
    public void WaitUntilTaken(TimeSpan deadline) => _taken.WaitOne(deadline);

    /// <summary>Takes pushes until the queue is closed and empty.</summary>
    public async IAsyncEnumerable<ConsumedPush> TakeAllAsync()
    {
        while (await _channel.Reader.WaitToReadAsync())
        {
            while (_channel.Reader.TryRead(out var push))
            {
                Interlocked.Decrement(ref _count);
                Interlocked.Add(ref _bytes, -push.Length);
                _taken.Set();
                yield return push;
            }
        }
    }

    /// <summary>Nothing more is added.</summary>
    public void Close() => _channel.Writer.TryComplete();

    /// <inheritdoc/>
    public void Dispose() => _taken.Dispose();
}
