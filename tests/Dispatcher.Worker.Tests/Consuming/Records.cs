using System.Text;
using Dispatcher.Core.Kafka;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Tests.Consuming;

/// <summary>Pushes as the pump consumes them.</summary>
internal static class Records
{
    private const string Topic = "push.apns.urgent";

    public static ConsumedPush Push(long offset, PartitionTracker tracker, string? value = "value", string app = "shop-ios")
    {
        var record = new ConsumedRecord(new PartitionKey(0, 0), offset) { Value = Bytes(value) };
        return new ConsumedPush(record, Topic, tracker, delay: null, app);
    }

    /// <summary>A push that comes out of a delay tier; without a <paramref name="delay"/>, a record of somebody else's there.</summary>
    public static ConsumedPush Delayed(PartitionKey partition, long offset, PartitionTracker tracker, DelayedPush? delay, int length = 5)
    {
        var record = new ConsumedRecord(partition, offset) { Value = Bytes(new string('x', length)) };
        return new ConsumedPush(record, "push.delay.10s", tracker, delay, "shop-ios");
    }

    private static RecordBytes Bytes(string? value) =>
        value is null ? default : RecordBytes.Copy(Encoding.UTF8.GetBytes(value));
}
