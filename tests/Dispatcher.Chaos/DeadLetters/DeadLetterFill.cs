using System.Buffers;
using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Chaos.DeadLetters;

/// <summary>Dead letters as workers write them after a bad day: some apps, some reasons, the last day's hours.</summary>
/// <param name="kafka">Where.</param>
internal sealed class DeadLetterFill(KafkaOptions kafka)
{
    private static readonly TimeSpan FlushDeadline = TimeSpan.FromSeconds(60);

    private static readonly (string Reason, int? Status, string Outcome, int Attempts)[] Failures =
    [
        ("BadDeviceToken", 400, "rejected", 1), ("BadDeviceToken", 400, "rejected", 1), ("DeviceTokenNotForTopic", 400, "rejected", 1),
        ("exhausted", 503, "unavailable", 8), ("INVALID_ARGUMENT", 400, "rejected", 1), ("unknownApp", null, "rejected", 0),
    ];

    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    /// <summary>Writes them, spread evenly over the partitions of both topics.</summary>
    /// <param name="count">How many.</param>
    /// <param name="partitions">How many partitions each topic has.</param>
    /// <returns>The bytes of keys, values and headers.</returns>
    public long Produce(int count, int partitions)
    {
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig(ProducerSettings.ForHandOffs(kafka))
        {
            LingerMs = 50, // full batches: in-memory Kafka answers a fetch with one
            DeliveryReportFields = "none",
        }).SetLogHandler((_, _) => { }).Build();
        long bytes = 0;
        for (var i = 0; i < count; i++)
        {
            var provider = i % 2 == 0 ? Provider.Apns : Provider.Fcm;
            var message = Letter(i, provider).ToMessage();
            bytes += message.Value!.Length + message.Headers.Sum(header => header.Key.Length + header.GetValueBytes().Length);
            var partition = new TopicPartition(kafka.Topics.DeadLetters(provider), i / 2 % partitions);
            while (!TryProduce(producer, partition, message))
                producer.Poll(TimeSpan.FromMilliseconds(10));
        }

        return producer.Flush(FlushDeadline) == 0 ? bytes : throw new TimeoutException("Kafka did not take the dead letters.");
    }

    private DeadLetter Letter(int i, Provider provider)
    {
        var (reason, status, outcome, attempts) = Failures[i / 7 % Failures.Length];
        var name = provider == Provider.Apns ? "apns" : "fcm";
        var failedAt = _now - TimeSpan.FromMilliseconds(86_400_000.0 * (i % 10_007) / 10_007);
        var push = new PushNotification
        {
            Id = Guid.CreateVersion7(failedAt),
            App = $"shop-{i / 3 % 5}-{(provider == Provider.Apns ? "ios" : "android")}",
            Target = Target.Token(Convert.ToHexStringLower(Guid.CreateVersion7(failedAt).ToByteArray().Concat(BitConverter.GetBytes(i)).ToArray())),
            AcceptedAt = failedAt.AddSeconds(-3),
            TimeToLive = 3600,
            Notification = new NotificationContent { Title = $"Order {i}", Body = "On its way: it will be with you between nine and eleven." },
            Data = new Dictionary<string, string> { ["orderId"] = $"{i}" },
        };
        var value = new ArrayBufferWriter<byte>(1024);
        PushJson.Encode(push, value);
        return new DeadLetter
        {
            Key = null,
            Value = value.WrittenSpan.ToArray(),
            OriginalTopic = $"{kafka.TopicPrefix}.{name}.{(i % 5 == 0 ? "bulk" : "urgent")}",
            OriginalPartition = i % 12,
            OriginalOffset = i,
            OriginalTimestamp = push.AcceptedAt,
            Reason = reason,
            LastFailedAt = failedAt,
            FirstFailedAt = failedAt.AddSeconds(-2),
            ConsumerGroup = $"dispatcher.{name}.urgent",
            PushId = push.Id,
            App = push.App,
            Tenant = "shop",
            Provider = name,
            Outcome = outcome,
            Status = status,
            Detail = reason,
            Attempts = attempts,
            Worker = "worker-7f9c6d5b8-x2x4q 0.1.0",
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        };
    }

    private static bool TryProduce(IProducer<byte[]?, byte[]?> producer, TopicPartition partition, Message<byte[]?, byte[]?> message)
    {
        try
        {
            producer.Produce(partition, message);
            return true;
        }
        catch (ProduceException<byte[]?, byte[]?> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
        {
            return false;
        }
    }
}
