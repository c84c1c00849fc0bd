using Confluent.Kafka;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>Reads every dead letter that existed when the scan began: all partitions of both topics, without a group.</summary>
/// <param name="kafka">Where.</param>
internal sealed class DeadLetterScan(KafkaConnection kafka)
{
    // Kafka answers in milliseconds; a partition that gives nothing for this long has no leader.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Reads them, in no particular order.</summary>
    /// <param name="cancellationToken">Stops the scan.</param>
    /// <exception cref="CommandFailedException">Kafka stopped answering.</exception>
    public async IAsyncEnumerable<DeadLetter> ReadAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var offsets = new TopicOffsets(kafka);
        var topics = Enum.GetValues<Provider>().Select(kafka.Topics.DeadLetters).ToArray();
        var starts = await offsets.StartsAsync(topics);
        var ends = await offsets.EndsAsync(topics);
        var unread = ends.Where(end => starts[end.Key] < end.Value).ToDictionary();
        if (unread.Count == 0)
            yield break;

        using var reader = kafka.Reader();
        reader.Assign(unread.Keys.Select(partition => new TopicPartitionOffset(partition, starts[partition])));
        while (unread.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var record = Next(reader);
            if (!unread.TryGetValue(record.TopicPartition, out var end))
                continue; // written after the scan began
            if (record.IsPartitionEOF || record.Offset + 1 >= end)
                unread.Remove(record.TopicPartition);
            if (!record.IsPartitionEOF && record.Offset < end)
                yield return DeadLetter.Read(record);
        }
    }

    private ConsumeResult<byte[]?, byte[]?> Next(IConsumer<byte[]?, byte[]?> reader)
    {
        try
        {
            return reader.Consume(Patience)
                ?? throw new CommandFailedException($"Kafka at {kafka.Options.BootstrapServers} stopped answering.", ExitCode.Unreachable);
        }
        catch (ConsumeException e)
        {
            throw new CommandFailedException($"cannot read dead letters: {e.Error.Reason}.", ExitCode.Unreachable);
        }
    }
}
