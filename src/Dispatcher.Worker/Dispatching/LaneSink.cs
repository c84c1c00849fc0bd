using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Dispatching;

/// <summary>Records of a lane's topic go straight into its queue.</summary>
/// <param name="lane">The lane.</param>
internal sealed class LaneSink(LaneDispatcher lane) : IRecordSink
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public TimeSpan PauseAfter { get; } = TimeSpan.FromSeconds(1); // shorter, it is enough not to consume

    /// <inheritdoc/>
    public bool HasRoom(int topic) => lane.Queue.HasRoom;

    /// <inheritdoc/>
    public bool IsHalfEmpty(int topic) => lane.Queue.IsHalfEmpty;

    /// <inheritdoc/>
    public void Add(ConsumedPush push) => lane.Add(push);

    /// <inheritdoc/>
    public TimeSpan Tick()
    {
        lane.Tick();
        return PollTime;
    }

    /// <inheritdoc/>
    public void WaitForRoom(TimeSpan deadline) => lane.Queue.WaitForRoom(deadline);

    /// <inheritdoc/>
    public void DropClosed()
    {
        // The dispatch loops drop them as they come to them.
    }
}
