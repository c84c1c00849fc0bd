namespace Dispatcher.Worker.Consuming;

/// <summary>Records of a lane's topic go straight into its queue.</summary>
/// <param name="queue">The lane's queue.</param>
internal sealed class LaneSink(LaneQueue queue) : IRecordSink
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public TimeSpan PauseAfter { get; } = TimeSpan.FromSeconds(1); // shorter, it is enough not to consume

    /// <inheritdoc/>
    public bool HasRoom(int topic) => queue.HasRoom;

    /// <inheritdoc/>
    public bool IsHalfEmpty(int topic) => queue.IsHalfEmpty;

    /// <inheritdoc/>
    public void Add(ConsumedPush push) => queue.Add(push);

    /// <inheritdoc/>
    public TimeSpan Tick() => PollTime;

    /// <inheritdoc/>
    public void WaitForRoom(TimeSpan deadline) => queue.WaitUntilTaken(deadline);

    /// <inheritdoc/>
    public void DropClosed()
    {
        // The dispatch loops drop them as they come to them.
    }
}
