using System.Text;
using Confluent.Kafka;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Tests.Consuming;

/// <summary>Records as the pump consumes them.</summary>
internal static class Records
{
    public static ConsumeResult<byte[]?, RecordBytes> At(long offset, string? value = "value", int partition = 0) => new()
    {
        Topic = "push.apns.urgent",
        Partition = partition,
        Offset = offset,
        Message = new Message<byte[]?, RecordBytes> { Value = Bytes(value), Timestamp = new Timestamp(DateTimeOffset.UnixEpoch) },
    };

    private static RecordBytes Bytes(string? value) =>
        new RecordBytes.Deserializer().Deserialize(value is null ? [] : Encoding.UTF8.GetBytes(value), value is null, default);
}
