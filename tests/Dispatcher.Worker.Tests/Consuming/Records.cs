using System.Text;
using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Tests.Consuming;

/// <summary>Pushes as the pump consumes them.</summary>
internal static class Records
{
    private const string Topic = "push.apns.urgent";

    public static ConsumedPush Push(long offset, PartitionTracker tracker, string? value = "value", string app = "shop-ios")
    {
        var record = new ConsumeResult<byte[]?, RecordBytes>
        {
            Topic = Topic,
            Partition = 0,
            Offset = offset,
            Message = new Message<byte[]?, RecordBytes> { Value = Bytes(value), Timestamp = new Timestamp(DateTimeOffset.UnixEpoch) },
        };
        return new ConsumedPush(record, Topic, new PartitionKey(0, 0), tracker, delay: null, app);
    }

    /// <summary>A push that comes out of a delay tier; without a <paramref name="delay"/>, a record of somebody else's there.</summary>
    public static ConsumedPush Delayed(PartitionKey partition, long offset, PartitionTracker tracker, DelayedPush? delay, int length = 5)
    {
        var record = new ConsumeResult<byte[]?, RecordBytes>
        {
            Offset = offset,
            Message = new Message<byte[]?, RecordBytes> { Value = Bytes(new string('x', length)), Timestamp = new Timestamp(DateTimeOffset.UnixEpoch) },
        };
        return new ConsumedPush(record, "push.delay.10s", partition, tracker, delay, "shop-ios");
    }

    private static RecordBytes Bytes(string? value) =>
        new RecordBytes.Deserializer().Deserialize(value is null ? [] : Encoding.UTF8.GetBytes(value), value is null, default);
}
