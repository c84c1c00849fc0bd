namespace Dispatcher.Cli.DeadLetters.Replaying;

/// <summary>
/// How much is on its way to Kafka: <see cref="MaxRecords"/> records and <see cref="MaxBytes"/> bytes at most, well below what the
/// producer refuses. Whoever comes at the bound waits. One sends, any thread may end.
/// </summary>
internal sealed class InFlight
{
    public const int MaxRecords = 10_000;
    public const long MaxBytes = 16 * 1024 * 1024;

    private readonly Lock _lock = new();
    private int _records;
    private long _bytes;
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _empty;

    public int Records
    {
        get
        {
            lock (_lock)
                return _records;
        }
    }

    /// <summary>Waits for room and takes it; a record that is longer than the bound has it alone.</summary>
    public async ValueTask EnterAsync(int bytes, CancellationToken stop)
    {
        while (true)
        {
            Task room;
            lock (_lock)
            {
                if (_records == 0 || (_records < MaxRecords && _bytes + bytes <= MaxBytes))
                {
                    _records++;
                    _bytes += bytes;
                    return;
                }

                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                room = _room.Task;
            }

            await room.WaitAsync(stop);
        }
    }

    public void Exit(int bytes)
    {
        lock (_lock)
        {
            _records--;
            _bytes -= bytes;
            // Not at once for each: whoever waits is woken when there is room for many.
            if (_room is not null && _records <= MaxRecords * 9 / 10 && _bytes <= MaxBytes * 9 / 10)
            {
                _room.SetResult();
                _room = null;
            }

            if (_records == 0)
                _empty?.TrySetResult();
        }
    }

    /// <summary>Completes when nothing is on its way; nobody enters meanwhile.</summary>
    public Task EmptyAsync()
    {
        lock (_lock)
        {
            if (_records == 0)
                return Task.CompletedTask;
            _empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _empty.Task;
        }
    }
}
