using System.Threading.Channels;
using Confluent.Kafka;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>One thread of a scan: some of the partitions, with a client of its own.</summary>
/// <param name="kafka">Where.</param>
/// <param name="ranges">Its share.</param>
/// <param name="filter">Which dead letters are wanted.</param>
/// <param name="batches">Where they go.</param>
/// <param name="room">Taken once for each batch; whoever has read a batch gives it back.</param>
/// <param name="advance">Told how many offsets are done.</param>
/// <param name="stop">Ends the thread.</param>
internal sealed class ScanReader(
    KafkaConnection kafka,
    IReadOnlyList<ScanRange> ranges,
    DeadLetterFilter filter,
    ChannelWriter<List<DeadLetterRecord>> batches,
    SemaphoreSlim room,
    Action<long> advance,
    CancellationToken stop)
{
    private const int BatchRecords = 256;
    private const long BatchBytes = 1024 * 1024;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    // Kafka answers in milliseconds; partitions that give nothing for this long (15 s) have lost their leader.
    private const int SilentPolls = 150;

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<TopicPartition, (long Next, long End)> _unread = ranges.ToDictionary(
        range => range.Partition, range => (range.From, range.To));

    private List<DeadLetterRecord> _batch = [];
    private long _batchBytes;

    /// <summary>Completes when the thread has let go of its client, whatever the reason; what went wrong is in the channel.</summary>
    public Task Ended => _ended.Task;

    public void Start() => new Thread(Run) { Name = "dead-letter-scan", IsBackground = true }.Start();

    private void Run()
    {
        try
        {
            Read();
        }
        catch (OperationCanceledException)
        {
            // Whoever stopped it knows.
        }
        catch (Exception e)
        {
            batches.TryComplete(e is KafkaException kafkaException ? KafkaProblem.Of(kafkaException.Error, $"read {Topics()}") : e);
        }
        finally
        {
            _ended.SetResult();
        }
    }

    private void Read()
    {
        using var consumer = kafka.ScanReader();
        consumer.Assign(ranges.Select(range => new TopicPartitionOffset(range.Partition, range.From)));
        var silent = 0;
        while (_unread.Count > 0)
        {
            stop.ThrowIfCancellationRequested();
            if (consumer.Consume(PollInterval) is { } record)
            {
                silent = 0;
                Take(record, consumer);
            }
            else
            {
                Send(); // what there is, rather than wait for the rest of a batch
                if (++silent == SilentPolls)
                    throw new CommandFailedException($"Kafka at {kafka.Options.BootstrapServers} stopped answering about {Topics()}.", ExitCode.Unreachable);
            }
        }

        Send();
    }

    private void Take(ConsumeResult<byte[]?, byte[]?> record, IConsumer<byte[]?, byte[]?> consumer)
    {
        if (!_unread.TryGetValue(record.TopicPartition, out var unread))
            return; // fetched before the partition was paused
        if (!record.IsPartitionEOF && record.Offset < unread.End)
            Add(new DeadLetterRecord(record));

        // The last offset may be no record but a transaction's mark, and retention may have moved the start: the end of the partition ends it too.
        var next = record.IsPartitionEOF ? unread.End : Math.Min(record.Offset + 1, unread.End);
        advance(next - unread.Next);
        if (next < unread.End)
        {
            _unread[record.TopicPartition] = (next, unread.End);
            return;
        }

        _unread.Remove(record.TopicPartition);
        consumer.Pause([record.TopicPartition]); // or what is written meanwhile would be fetched for nothing
    }

    private void Add(DeadLetterRecord record)
    {
        if (!filter.Matches(record))
            return;
        _batch.Add(record);
        _batchBytes += record.Value?.Length ?? 0;
        if (_batch.Count >= BatchRecords || _batchBytes >= BatchBytes)
            Send();
    }

    private void Send()
    {
        if (_batch.Count == 0)
            return;
        room.Wait(stop);
        batches.TryWrite(_batch);
        _batch = new List<DeadLetterRecord>(BatchRecords);
        _batchBytes = 0;
    }

    private string Topics() => string.Join(" and ", _unread.Keys.Select(partition => partition.Topic).Distinct().Order(StringComparer.Ordinal));
}
