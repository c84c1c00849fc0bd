using Confluent.Kafka;

namespace Dispatcher.Worker.Consuming;

/// <content>Notices when Kafka deleted what was not settled yet: a gap alone may be compaction, a gap below the log's start is loss.</content>
internal sealed partial class RecordConsumer
{
    private static readonly TimeSpan WatermarkTimeout = TimeSpan.FromSeconds(2);

    private readonly Dictionary<PartitionKey, CommittedOffset> _committed = [];

    private void RememberCommitted(List<TopicPartition> partitions)
    {
        try
        {
            if (_sparse is not null)
            {
                RememberSettled(_sparse.Committed(partitions, WatermarkTimeout));
                return;
            }

            foreach (var offset in _consumer.Committed(partitions, WatermarkTimeout))
            {
                if (offset.Offset.Value >= 0 && KeyOf(offset.TopicPartition) is { } partition)
                    _committed[partition] = new CommittedOffset(offset.Offset.Value, Settled: null);
            }
        }
        catch (KafkaException e)
        {
            Log.ConsumeTrouble(_logger, _name, e.Error.Code, e.Error.Reason); // only the check for lost records is lost
        }
    }

    private void ReportLoss(PartitionKey partition, long expected, long found)
    {
        try
        {
            var start = _consumer.QueryWatermarkOffsets(OfTopic(partition), WatermarkTimeout).Low.Value;
            var lost = Math.Min(start, found) - expected;
            if (lost <= 0)
                return;
            Log.LostToRetention(_logger, _name, lost, OfTopic(partition).Topic, partition.Partition);
            _metrics.RecordsLostToRetention(_name, OfTopic(partition).Topic, lost);
        }
        catch (KafkaException e)
        {
            Log.ConsumeTrouble(_logger, _name, e.Error.Code, e.Error.Reason);
        }
    }
}
