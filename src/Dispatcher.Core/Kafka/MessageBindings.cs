using System.Runtime.CompilerServices;
using Confluent.Kafka;

namespace Dispatcher.Core.Kafka;

/// <summary>The calls with which Confluent.Kafka itself takes a record out of librdkafka, for those who take it in another form.</summary>
internal static class MessageBindings
{
    private const string Bindings = "Confluent.Kafka.Impl.Librdkafka, Confluent.Kafka";
    private const string Client = "Confluent.Kafka.Impl.SafeKafkaHandle, Confluent.Kafka";
    private const string Consumer = "Confluent.Kafka.Consumer`2[[Confluent.Kafka.Ignore, Confluent.Kafka],[Confluent.Kafka.Ignore, Confluent.Kafka]], Confluent.Kafka";

    /// <summary>What a callback of Confluent.Kafka's threw while it was served; its own <c>Consume</c> throws it after each poll.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "handlerException")]
    public static extern ref Exception? HandlerFault([UnsafeAccessorType(Consumer)] object consumer);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "ConsumerPoll")]
    public static extern nint Poll([UnsafeAccessorType(Client)] object client, nint timeout);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "CreatePossiblyFatalMessageError")]
    public static extern Error ErrorOf([UnsafeAccessorType(Client)] object client, nint message);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "message_destroy")]
    public static extern void Destroy([UnsafeAccessorType(Bindings)] object? bindings, nint message);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "message_timestamp")]
    public static extern long Timestamp([UnsafeAccessorType(Bindings)] object? bindings, nint message, out nint type);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "message_leader_epoch")]
    public static extern int LeaderEpoch([UnsafeAccessorType(Bindings)] object? bindings, nint message);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "message_headers")]
    public static extern ErrorCode Headers([UnsafeAccessorType(Bindings)] object? bindings, nint message, out nint headers);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "header_get_all")]
    public static extern ErrorCode Header([UnsafeAccessorType(Bindings)] object? bindings, nint headers, nint index, out nint name, out nint value, out nint length);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "topic_name")]
    public static extern nint TopicName([UnsafeAccessorType(Bindings)] object? bindings, nint topic);
}
