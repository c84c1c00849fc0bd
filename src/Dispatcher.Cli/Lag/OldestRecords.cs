using Confluent.Kafka;
using Dispatcher.Cli.Kafka;

namespace Dispatcher.Cli.Lag;

/// <summary>Finds out when the oldest records that are not settled were taken, by reading them: one of each partition that has lag.</summary>
internal sealed class OldestRecords : IDisposable
{
    /// <summary>For all of them together; who has no leader has no answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private static readonly int MostSilences = (int)(Patience / PollInterval);

    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly TimeProvider _time;
    private readonly Dictionary<TopicPartitionOffset, DateTimeOffset> _known = [];

    public OldestRecords(KafkaConnection kafka, TimeProvider time)
    {
        _consumer = kafka.Glimpse();
        _time = time;
    }

    /// <summary>Adds the instants to those partitions of the groups that have lag.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<GroupLag[]> AddAsync(GroupLag[] groups, CancellationToken cancellationToken)
    {
        var wanted = groups.SelectMany(group => group.Partitions).Where(partition => partition.Lag > 0).Select(At).ToHashSet();
        foreach (var settled in _known.Keys.Except(wanted).ToArray())
            _known.Remove(settled);
        // Several lanes may stand at different offsets of a delay tier, and a consumer reads a partition at one: a round for each.
        foreach (var round in wanted.Except(_known.Keys).GroupBy(each => each.TopicPartition).SelectMany(each => each.Index()).GroupBy(each => each.Index, each => each.Item))
            await Task.Run(() => Read([.. round], cancellationToken), cancellationToken);
        return
        [
            .. groups.Select(group => group with
            {
                Partitions = [.. group.Partitions.Select(partition => partition with
                {
                    OldestAt = partition.Lag > 0 && _known.TryGetValue(At(partition), out var at) ? at : null,
                })],
            }),
        ];
    }

    public void Dispose() => _consumer.Dispose();

    private static TopicPartitionOffset At(PartitionLag partition) => new(partition.Partition, partition.Next);

    private void Read(IReadOnlyCollection<TopicPartitionOffset> records, CancellationToken cancellationToken)
    {
        var unread = records.ToDictionary(record => record.TopicPartition);
        var began = _time.GetTimestamp();
        var silences = 0;
        _consumer.Assign(records);
        try
        {
            // Partitions that have answered are not paused: librdkafka would keep them so in the next assignment, and they fetch one batch at most.
            while (unread.Count > 0 && silences < MostSilences && _time.GetElapsedTime(began) < Patience)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (_consumer.Consume(PollInterval) is not { } record)
                    silences++;
                else if (unread.Remove(record.TopicPartition, out var wanted) && !record.IsPartitionEOF)
                    _known[wanted] = new DateTimeOffset(record.Message.Timestamp.UtcDateTime);
            }
        }
        catch (ConsumeException)
        {
            // A partition without a leader, or one that this user may not read: its age stays unknown, and the table says so.
        }
        finally
        {
            _consumer.Unassign();
        }
    }
}
