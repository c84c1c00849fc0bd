namespace Dispatcher.Simulator.Control;

/// <summary>How long the providers take to answer; may be changed at any time.</summary>
/// <param name="initial">The latency at the start.</param>
/// <param name="time">The clock that delays run on.</param>
public sealed class AnswerTime(TimeSpan initial, TimeProvider time)
{
    private long _ticks = initial.Ticks;

    /// <summary>What every answer takes at least.</summary>
    public TimeSpan Latency
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref _ticks));
        set => Volatile.Write(ref _ticks, value.Ticks);
    }

    /// <summary>Waits the general latency and what this one answer takes on top; <see langword="false"/> when the client gave up first.</summary>
    internal ValueTask<bool> PassAsync(TimeSpan extra, HttpContext context)
    {
        var total = Latency + extra;
        return total > TimeSpan.Zero ? new ValueTask<bool>(WaitAsync(total, context.RequestAborted)) : ValueTask.FromResult(true);
    }

    private async Task<bool> WaitAsync(TimeSpan wait, CancellationToken gaveUp)
    {
        await Task.Delay(wait, time, gaveUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !gaveUp.IsCancellationRequested;
    }
}
