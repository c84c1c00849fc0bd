using Dispatcher.Core.Telemetry;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Dispatching;

/// <summary>What observers see of a lane: the queue as it is, and what the pumps last said of their partitions. From any thread.</summary>
/// <param name="queue">The lane's queue.</param>
/// <param name="own">The pump of the lane's own topic.</param>
/// <param name="delay">That of the delay tiers.</param>
/// <param name="waiting">What that one has read ahead.</param>
/// <param name="time">The clock.</param>
internal sealed class LaneWatch(LaneQueue queue, Pump own, Pump delay, DelaySink waiting, TimeProvider time)
{
    private static readonly (PauseReasons Reason, string Word)[] Words =
    [
        .. Enum.GetValues<PauseReasons>().Where(reason => reason != PauseReasons.None).Select(reason => (reason, reason.ToString().ToLowerInvariant())),
    ];

    /// <summary>How the lane stands.</summary>
    public LaneLoad Load()
    {
        var state = own.State;
        return new LaneLoad
        {
            InFlight = queue.InFlight,
            Queued = queue.Count,
            QueueBytes = queue.Bytes,
            Partitions = state.Partitions,
            Lag = state.Lag,
            Span = state.Span,
            Delayed = waiting.Count,
            OldestUnsettled = Longer(Since(state.OldestAt), Since(delay.State.OldestAt)),
        };
    }

    /// <summary>Every reason for a pause, and whether it applies. That a tier is read ahead far enough is none; that it cannot be read is.</summary>
    public IEnumerable<(string Reason, bool Applies)> Pauses()
    {
        var paused = own.State.Paused | (delay.State.Paused & PauseReasons.Unreadable);
        return Words.Select(word => (word.Word, (paused & word.Reason) != 0));
    }

    private TimeSpan Since(DateTimeOffset? instant) => instant is { } at ? Longer(time.GetUtcNow() - at, TimeSpan.Zero) : TimeSpan.Zero;

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
