namespace Dispatcher.Api.Batches;

/// <summary>
/// What of one batch is between its reading and its result: bounded in pushes and in bytes of lines. When full, the one reader waits until
/// half of it is free, and with it the socket. A line that is larger than the whole bound goes alone.
/// </summary>
/// <param name="maxPushes">Pushes at once.</param>
/// <param name="maxBytes">Bytes of lines at once.</param>
internal sealed class InFlight(int maxPushes, long maxBytes)
{
    private readonly Lock _lock = new();
    private int _pushes;
    private long _bytes;
    private TaskCompletionSource? _room;

    /// <summary>Whether nothing is on its way, so that it is the caller's turn.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_lock)
                return _pushes == 0;
        }
    }

    /// <summary>Waits until there is room; only one may wait.</summary>
    /// <param name="pushes">Pushes of the line.</param>
    /// <param name="bytes">Bytes of the line.</param>
    public ValueTask EnterAsync(int pushes, long bytes)
    {
        lock (_lock)
        {
            if (TryEnter_NeedsLock(pushes, bytes))
                return ValueTask.CompletedTask;
            _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(WaitAsync(_room.Task, pushes, bytes));
        }
    }

    /// <summary>A line's result is written.</summary>
    /// <param name="pushes">Pushes of the line.</param>
    /// <param name="bytes">Bytes of the line.</param>
    public void Leave(int pushes, long bytes)
    {
        TaskCompletionSource? room = null;
        lock (_lock)
        {
            _pushes -= pushes;
            _bytes -= bytes;
            if (_pushes <= maxPushes / 2 && _bytes <= maxBytes / 2) // so that the reader works in strides, not line by line
                (room, _room) = (_room, null);
        }

        room?.SetResult();
    }

    private async Task WaitAsync(Task room, int pushes, long bytes)
    {
        await room;
        await EnterAsync(pushes, bytes);
    }

    private bool TryEnter_NeedsLock(int pushes, long bytes)
    {
        if (_pushes > 0 && (_pushes + pushes > maxPushes || _bytes + bytes > maxBytes))
            return false;
        _pushes += pushes;
        _bytes += bytes;
        return true;
    }
}
