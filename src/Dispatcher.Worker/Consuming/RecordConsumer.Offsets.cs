using Confluent.Kafka;

namespace Dispatcher.Worker.Consuming;

/// <content>What is stored for the next commit, and, with <see cref="WorkerOptions.SparseCommits"/>, what commits say beyond the offset.</content>
internal sealed partial class RecordConsumer
{
    private void StoreOffsets(bool force)
    {
        if (!force && _time.GetElapsedTime(_lastStore) < _options.StoreInterval)
            return;
        _lastStore = _time.GetTimestamp();
        foreach (var (partition, tracker) in _trackers)
            Store(partition, tracker);
        CommitSparse(_trackers.Keys, isLast: force);
        PublishState();
    }

    private void Store(PartitionKey partition, PartitionTracker tracker)
    {
        try
        {
            if (_sparse is not null)
            {
                _sparse.Store(OfTopic(partition), tracker);
                return;
            }

            var watermark = tracker.Advance();
            if (watermark <= tracker.Stored || (tracker.Stored < 0 && watermark == tracker.First))
                return;
            _consumer.StoreOffset(new TopicPartitionOffset(OfTopic(partition), watermark));
            tracker.Stored = watermark;
        }
        catch (KafkaException e)
        {
            // Not assigned any more: the fence that keeps a late offset from rewinding the new owner's. It replays from the last commit.
            Log.NotStored(_logger, _name, OfTopic(partition).Topic, partition.Partition, e.Error.Code);
        }
    }

    private void CommitSparse(IEnumerable<PartitionKey> partitions, bool isLast)
    {
        try
        {
            _sparse?.Commit(partitions.Where(_trackers.ContainsKey).Select(partition => (OfTopic(partition), _trackers[partition])), isLast);
        }
        catch (KafkaException e)
        {
            Log.ConsumeTrouble(_logger, _name, e.Error.Code, e.Error.Reason); // it never began, so it is still due
        }
    }

    private void RememberSettled(List<(TopicPartition Partition, long Offset, byte[] Metadata)> committed)
    {
        foreach (var (partition, offset, metadata) in committed)
        {
            if (KeyOf(partition) is not { } key)
                continue;
            var settled = SettledBitmap.Decode(metadata, offset);
            _committed[key] = new CommittedOffset(offset, settled);
            if (settled is not null)
                Log.Restored(_logger, _name, settled.Count, partition.Topic, partition.Partition.Value);
            else if (metadata.Length > 0)
                Log.NotRestored(_logger, _name, partition.Topic, partition.Partition.Value);
        }
    }
}
