namespace Dispatcher.Worker.Consuming;

/// <summary>
/// Where a consumer's records go: a lane's queue, or its heap of what waits in the delay tiers. Bounded, and it says so: what has no room is held by the
/// consumer, and its topic is paused. The pump's thread is the only caller.
/// </summary>
internal interface IRecordSink
{
    /// <summary>How long a full sink is waited for before its partitions are paused, which throws their prefetch away.</summary>
    TimeSpan PauseAfter { get; }

    /// <summary>Whether one more record of a topic may be added.</summary>
    /// <param name="topic">The index of the topic.</param>
    bool HasRoom(int topic);

    /// <summary>Whether a topic is down to half its bound, so that a pause may end.</summary>
    /// <param name="topic">The index of the topic.</param>
    bool IsHalfEmpty(int topic);

    /// <summary>Adds a record for which there was room.</summary>
    /// <param name="push">The record.</param>
    void Add(ConsumedPush push);

    /// <summary>Does what is due; called once per round.</summary>
    /// <returns>How long the consumer may wait for records before the next call.</returns>
    TimeSpan Tick();

    /// <summary>Waits until something is taken.</summary>
    /// <param name="deadline">How long at most.</param>
    void WaitForRoom(TimeSpan deadline);

    /// <summary>Drops what has not started of partitions that are being given up.</summary>
    void DropClosed();
}
