using System.Text;
using Confluent.Kafka;
using Dispatcher.Cli.Tests.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.Tests.DeadLetters;

/// <summary>200,000 dead letters over both topics. In-memory Kafka keeps 5 MiB for each partition, so there are many partitions and the letters are small.</summary>
public sealed class ManyDeadLetters : IDisposable
{
    public const int Count = 200_000;
    public const int Apps = 4;
    public const int Reasons = 5;

    private const int Partitions = 16;

    public ManyDeadLetters()
    {
        Topics = new InMemoryTopics(Partitions);
        Topics.Produce(Enumerable.Range(0, Count).Select(i => (Place(i), Letter(i).ToMessage())));
    }

    internal InMemoryTopics Topics { get; }

    /// <summary>The n-th: the larger, the newer.</summary>
    internal static DeadLetter Letter(int n) => Some.DeadLetter with
    {
        PushId = Id(n),
        Value = Encoding.UTF8.GetBytes($"{{\"id\":\"{Id(n)}\",\"app\":\"app-{n % Apps}\",\"token\":\"{n:x16}\",\"data\":{{\"n\":\"{n}\"}}}}"),
        App = $"app-{n % Apps}",
        Provider = n % 2 == 0 ? "apns" : "fcm",
        Reason = $"Reason{n % Reasons}",
        Attempts = n % 3,
        LastFailedAt = Some.Time.AddMilliseconds(n),
    };

    internal static Guid Id(int n) => new(n, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);

    public void Dispose() => Topics.Dispose();

    private TopicPartition Place(int n) =>
        new(Topics.Connection.Topics.DeadLetters(n % 2 == 0 ? Provider.Apns : Provider.Fcm), n / 2 % Partitions);
}
