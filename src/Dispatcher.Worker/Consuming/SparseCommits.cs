using Confluent.Kafka;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Worker.Consuming;

/// <summary>
/// Commits that say in their metadata what is settled beyond the offset, and what the last ones said. While a watermark moves, librdkafka's
/// own commits carry the metadata along; they send greater offsets and nothing else, so for a watermark that stands still while more is
/// settled behind it there are commits of our own. The pump's thread is the only caller. Every store of the consumer must come through
/// here: Confluent.Kafka's wipes the metadata.
/// </summary>
internal sealed class SparseCommits
{
    private readonly Handle _consumer;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private long _lastCommit;
    private bool _isUnderway;
    private bool _isBare;

    /// <summary>For one consumer's life.</summary>
    /// <param name="consumer">The consumer.</param>
    /// <param name="interval">How long lies between two commits of our own at least.</param>
    /// <param name="time">The clock.</param>
    public SparseCommits(Handle consumer, TimeSpan interval, TimeProvider time)
    {
        (_consumer, _interval, _time) = (consumer, interval, time);
        _lastCommit = time.GetTimestamp();
    }

    /// <summary>What is committed for partitions.</summary>
    /// <param name="partitions">The partitions.</param>
    /// <param name="timeout">How long Kafka may take to answer.</param>
    public List<(TopicPartition Partition, long Offset, byte[] Metadata)> Committed(IEnumerable<TopicPartition> partitions, TimeSpan timeout)
    {
        using var list = new OffsetList(_consumer);
        foreach (var partition in partitions)
            list.Add(partition);
        return list.Committed(timeout);
    }

    /// <summary>Stores what changed since the last time. Fails when the partition is not assigned.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="tracker">Its tracker.</param>
    public void Store(TopicPartition partition, PartitionTracker tracker)
    {
        var watermark = tracker.Advance();
        var metadata = _isBare ? [] : tracker.SettledAhead().Encode();
        var last = Math.Max(tracker.Stored, tracker.First);
        if (watermark == last && metadata.AsSpan().SequenceEqual(tracker.StoredMetadata))
            return;

        using var list = new OffsetList(_consumer);
        list.Add(partition, watermark, metadata);
        list.Store();
        (tracker.Stored, tracker.StoredMetadata, tracker.IsCommitDue) = (watermark, metadata, watermark == last);
    }

    /// <summary>Commits what librdkafka will not, at most once in an interval and one at a time.</summary>
    /// <param name="trackers">
    /// Trackers of partitions that are assigned now: a commit is not fenced, one for a partition that has gone would rewind its new owner's.
    /// </param>
    /// <param name="isLast">Whether the partitions go now, so that there is no next time.</param>
    public void Commit(IEnumerable<(TopicPartition Partition, PartitionTracker Tracker)> trackers, bool isLast = false)
    {
        if (!isLast && (_isUnderway || _time.GetElapsedTime(_lastCommit) < _interval))
            return;
        _lastCommit = _time.GetTimestamp();
        var due = trackers.Where(line => line.Tracker.IsCommitDue).ToList();
        if (due.Count == 0)
            return;
        using var list = new OffsetList(_consumer);
        foreach (var (partition, tracker) in due)
            list.Add(partition, tracker.Stored, tracker.StoredMetadata);
        list.Commit();
        _isUnderway = true;
        due.ForEach(line => line.Tracker.IsCommitDue = false);
    }

    /// <summary>A commit has ended, ours or one of librdkafka's. When Kafka refused it, ours are due again; librdkafka repeats its own.</summary>
    /// <param name="committed">How.</param>
    /// <param name="trackers">The trackers of the partitions that are assigned now.</param>
    /// <returns>Whether Kafka takes no metadata of this length: from now on offsets are committed without, rather than not at all.</returns>
    public bool Ended(CommittedOffsets committed, IEnumerable<PartitionTracker> trackers)
    {
        _isUnderway = false;
        ErrorCode[] errors = [committed.Error.Code, .. committed.Offsets.Select(offset => offset.Error.Code)];
        var hasFailed = Array.Exists(errors, code => code != ErrorCode.NoError);
        foreach (var tracker in trackers)
            tracker.IsCommitDue |= hasFailed && tracker.Stored >= 0 && tracker.StoredMetadata.Length > 0;
        var isTooLong = !_isBare && errors.Contains(ErrorCode.OffsetMetadataTooLarge);
        _isBare |= isTooLong;
        return isTooLong;
    }
}
