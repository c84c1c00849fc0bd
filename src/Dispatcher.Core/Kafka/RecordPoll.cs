using System.Runtime.ExceptionServices;
using Confluent.Kafka;

namespace Dispatcher.Core.Kafka;

/// <summary>
/// <c>IConsumer.Consume</c> without what it makes of every record. It polls the same handle, so Confluent.Kafka's callbacks are served as they
/// are by that, on the thread that polls. It must be the consumer's only thread, and nobody else may consume.
/// </summary>
/// <param name="consumer">The consumer; everything but consuming stays with it.</param>
public sealed class RecordPoll(IConsumer<Ignore, Ignore> consumer)
{
    private readonly object _client = LibrdkafkaBindings.LibrdkafkaHandle(consumer.Handle);

    /// <summary>What keeps this version of Confluent.Kafka from being used so; <see langword="null"/> when nothing does.</summary>
    public static string? Problem() => LibrdkafkaBindings.Problem(typeof(LibrdkafkaBindings)) ?? LibrdkafkaBindings.Problem(typeof(MessageBindings));

    /// <summary>Serves what is to be called back and takes a record.</summary>
    /// <param name="wait">How long one may be waited for.</param>
    /// <returns>A record, an error in its place, or none; to be disposed of.</returns>
    /// <exception cref="Exception">What failed in Confluent.Kafka while a callback was served: the assignment is not what the group believes.</exception>
    public NativeRecord Take(TimeSpan wait)
    {
        var message = new NativeRecord(MessageBindings.Poll(_client, (nint)Math.Max(0, wait.TotalMilliseconds))); // below 0 is without end
        ref var fault = ref MessageBindings.HandlerFault(consumer);
        if (fault is null)
            return message;
        message.Dispose();
        var thrown = fault;
        fault = null;
        ExceptionDispatchInfo.Throw(thrown);
        return default;
    }

    /// <summary>The error in the place of a record, with librdkafka's words for it; it says, too, whether the client has failed for good.</summary>
    /// <param name="record">An error.</param>
    public Error ErrorOf(NativeRecord record) => MessageBindings.ErrorOf(_client, record.Pointer);
}
