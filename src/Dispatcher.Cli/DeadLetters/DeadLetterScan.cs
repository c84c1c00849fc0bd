using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>
/// Reads the dead letters of a plan, without a group, on several threads with a client each: making a record of what librdkafka hands over
/// is what takes the time, and only further threads make it faster. The filter is asked on those threads too.
/// </summary>
/// <param name="kafka">Where.</param>
/// <param name="plan">What.</param>
/// <param name="readers">Threads; <see langword="null"/> for as many as make sense here.</param>
internal sealed class DeadLetterScan(KafkaConnection kafka, ScanPlan plan, int? readers = null)
{
    private const int MostReaders = 4; // a client's queues are memory: see KafkaConnection.ScanReader

    /// <summary>Batches that have been read and not taken, for each reader; a reader that has as many waits.</summary>
    private const int BatchesAhead = 2;

    private readonly int _readers =
        Math.Clamp(readers ?? Math.Min(Environment.ProcessorCount, MostReaders), 1, Math.Max(1, plan.Ranges.Count));

    private long _done;

    /// <summary>How far it is, of the plan's length; may be asked from any thread.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>Reads them: those of a partition in its order, partitions mixed.</summary>
    /// <param name="filter">Which are wanted.</param>
    /// <param name="cancellationToken">Stops the scan.</param>
    /// <exception cref="CommandFailedException">Kafka stopped answering, or does not let us.</exception>
    public async IAsyncEnumerable<DeadLetterRecord> ReadAsync(
        DeadLetterFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (plan.Ranges.Count == 0)
            yield break;
        var batches = Channel.CreateUnbounded<List<DeadLetterRecord>>(); // bounded by the room below
        using var room = new SemaphoreSlim(_readers * BatchesAhead);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var threads = Share().Select(ranges =>
            new ScanReader(kafka, ranges, filter, batches.Writer, room, length => Interlocked.Add(ref _done, length), stop.Token)).ToArray();
        foreach (var thread in threads)
            thread.Start();
        var ended = CompleteAsync(threads, batches.Writer);
        try
        {
            await foreach (var batch in batches.Reader.ReadAllAsync(cancellationToken))
            {
                foreach (var record in batch)
                    yield return record;
                room.Release();
            }
        }
        finally
        {
            await stop.CancelAsync();
            await ended; // each is out of its client within a poll
        }
    }

    private static async Task CompleteAsync(IEnumerable<ScanReader> threads, ChannelWriter<List<DeadLetterRecord>> batches)
    {
        await Task.WhenAll(threads.Select(thread => thread.Ended));
        batches.TryComplete();
    }

    // The longest first, each to the reader that has least: partitions are seldom even.
    private ScanRange[][] Share()
    {
        var shares = Enumerable.Range(0, _readers).Select(_ => new List<ScanRange>()).ToArray();
        foreach (var range in plan.Ranges.OrderByDescending(range => range.Length))
            shares.MinBy(share => share.Sum(other => other.Length))!.Add(range);
        return [.. shares.Select(share => share.ToArray())];
    }
}
