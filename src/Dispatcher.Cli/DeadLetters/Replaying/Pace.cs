namespace Dispatcher.Cli.DeadLetters.Replaying;

/// <summary>So many a second, evenly. What was missed for longer than a second, while Kafka stood still, is not made up for: a lane is not to be flooded after an outage.</summary>
/// <param name="perSecond">How many; infinity for as fast as it goes.</param>
/// <param name="time">The clock.</param>
internal sealed class Pace(double perSecond, TimeProvider time)
{
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(1);

    private long _start = time.GetTimestamp();
    private long _count;

    /// <summary>Waits until the next is due.</summary>
    public ValueTask NextAsync(CancellationToken stop)
    {
        if (double.IsPositiveInfinity(perSecond))
            return ValueTask.CompletedTask;
        var due = TimeSpan.FromSeconds(_count++ / perSecond);
        var now = time.GetElapsedTime(_start);
        if (now - due > Leeway)
            (_start, _count) = (time.GetTimestamp(), 1);
        // A timer has a millisecond's grain: what is due within it goes now.
        return due - now > TimeSpan.FromMilliseconds(1) ? new ValueTask(Task.Delay(due - now, time, stop)) : ValueTask.CompletedTask;
    }
}
