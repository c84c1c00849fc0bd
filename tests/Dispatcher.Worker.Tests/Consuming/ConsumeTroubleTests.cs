using Confluent.Kafka;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Tests.Consuming;

public sealed class ConsumeTroubleTests
{
    [Theory]
    [InlineData(ErrorCode.Local_BadMsg, true)]
    [InlineData(ErrorCode.Local_BadCompression, true)]
    [InlineData(ErrorCode.Local_NotImplemented, true)]
    [InlineData(ErrorCode.Local_Transport, false)]
    public void A_batch_that_cannot_be_read_is_that_of_a_partition(ErrorCode code, bool isUnreadable)
    {
        Assert.Equal(isUnreadable, new ConsumeTrouble(new Error(code), new PartitionKey(0, 0), 5).IsUnreadable);
        Assert.False(new ConsumeTrouble(new Error(code), Partition: null, 5).IsUnreadable);
    }

    [Theory]
    [InlineData(ErrorCode.NotCoordinatorForGroup, true)]
    [InlineData(ErrorCode.Unknown, true)]
    [InlineData(ErrorCode.UnknownTopicOrPart, false)]
    public void Only_a_partition_without_an_offset_is_left_aside(ErrorCode code, bool isLeftAside)
    {
        Assert.Equal(isLeftAside, new ConsumeTrouble(new Error(code), new PartitionKey(0, 0), Offset.Unset).IsLeftAside);
        Assert.False(new ConsumeTrouble(new Error(code), new PartitionKey(0, 0), 5).IsLeftAside);
        Assert.False(new ConsumeTrouble(new Error(code), Partition: null, Offset.Unset).IsLeftAside);
    }
}
