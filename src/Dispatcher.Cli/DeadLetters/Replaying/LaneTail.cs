using Confluent.Kafka;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Cli.DeadLetters.Replaying;

/// <summary>The newest part of the lanes' logs: the ledger of what a run that did not end had sent and not committed.</summary>
/// <param name="kafka">Where.</param>
internal sealed class LaneTail(KafkaConnection kafka)
{
    // Kafka answers in milliseconds; partitions that give nothing for this long have lost their leader.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Reads what a replay has put onto the lanes.</summary>
    /// <param name="replay">The replay.</param>
    /// <param name="ranges">Where to look.</param>
    /// <param name="stop">Ends it early.</param>
    /// <returns>The dead letters that it was made from.</returns>
    public Task<SentBefore> ReadAsync(string replay, IReadOnlyList<ScanRange> ranges, CancellationToken stop) => Task.Run(
        () =>
        {
            var sent = new SentBefore();
            var unread = ranges.Where(range => range.Length > 0).ToDictionary(range => range.Partition, range => range.To);
            if (unread.Count == 0)
                return sent;
            using var reader = kafka.LogReader(); // a record that this one did not see would be sent again
            reader.Assign(ranges.Where(range => range.Length > 0).Select(range => new TopicPartitionOffset(range.Partition, range.From)));
            while (unread.Count > 0)
            {
                stop.ThrowIfCancellationRequested();
                var record = reader.Consume(Patience)
                    ?? throw new CommandFailedException($"Kafka at {kafka.Options.BootstrapServers} stopped answering.", ExitCode.Unreachable);
                if (!unread.TryGetValue(record.TopicPartition, out var end))
                    continue; // behind the end
                if (!record.IsPartitionEOF && record.Offset < end && ReplayMark.Read(record.Message.Headers) is { } mark && mark.Id == replay)
                    sent.Add(mark.Origin);
                if (record.Offset + (record.IsPartitionEOF ? 0 : 1) >= end)
                    unread.Remove(record.TopicPartition);
            }

            return sent;
        },
        stop);
}
