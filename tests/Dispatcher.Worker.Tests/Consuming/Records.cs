using System.Text;
using Confluent.Kafka;
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

    private static RecordBytes Bytes(string? value) =>
        new RecordBytes.Deserializer().Deserialize(value is null ? [] : Encoding.UTF8.GetBytes(value), value is null, default);
}
