using System.Text;
using Confluent.Kafka;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Worker.Consuming;

/// <summary>
/// What a consumer's records are taken from, one at a time. The pump's thread is the only caller. Against <c>Consume</c>: 208 instead of 528
/// bytes for a push with a key, 0.39 instead of 0.47 µs for taking it (ADR 21).
/// </summary>
internal sealed class RecordSource
{
    private readonly RecordPoll _poll;
    private readonly byte[][] _topics;

    /// <summary>For one consumer's life.</summary>
    /// <param name="consumer">The consumer.</param>
    /// <param name="topics">The topics that it subscribes to.</param>
    public RecordSource(IConsumer<Ignore, Ignore> consumer, IReadOnlyList<string> topics)
    {
        _poll = new RecordPoll(consumer);
        _topics = [.. topics.Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>Takes a record, and serves on the way what librdkafka wants to tell.</summary>
    /// <param name="wait">How long one may be waited for.</param>
    /// <param name="record">The record.</param>
    /// <param name="trouble">What came in the place of one, if anything did.</param>
    /// <returns>Whether a record came.</returns>
    public bool TryTake(TimeSpan wait, out ConsumedRecord record, out ConsumeTrouble? trouble)
    {
        (record, trouble) = (default, null);
        using var native = _poll.Take(wait);
        if (native.IsNone)
            return false;
        var topic = TopicIndex(native.Topic);
        if (native.Error == ErrorCode.NoError)
        {
            record = ConsumedRecord.Copy(native, topic);
            return true;
        }

        var partition = topic >= 0 && native.Partition >= 0 ? new PartitionKey(topic, native.Partition) : (PartitionKey?)null;
        trouble = new ConsumeTrouble(_poll.ErrorOf(native), partition, native.Offset);
        return false;
    }

    /// <summary>By name, and not by its handle, which may be another topic's once it is given back. Comparing makes no string.</summary>
    private int TopicIndex(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < _topics.Length; i++)
        {
            if (name.SequenceEqual(_topics[i]))
                return i;
        }

        return -1;
    }
}
