using Confluent.Kafka;
using Dispatcher.Cli.DeadLetters;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Sending;

namespace Dispatcher.Cli.Tests;

/// <summary>Ordinary values, of which a test changes what it is about.</summary>
internal static class Some
{
    public static readonly DateTimeOffset Time = new(2026, 11, 21, 3, 15, 2, TimeSpan.Zero);

    public static readonly Guid Id = new("0199d2a4-5c3f-7d8e-9a1b-2c3d4e5f6071");

    public static DeadLetter DeadLetter => new()
    {
        Key = null,
        Value = "{\"token\":\"secret-token\"}"u8.ToArray(),
        OriginalTopic = "push.apns.urgent",
        OriginalPartition = 3,
        OriginalOffset = 12,
        OriginalTimestamp = Time,
        Reason = "BadDeviceToken",
        LastFailedAt = Time,
        PushId = Id,
        App = "shop-ios",
        Provider = "apns",
        Outcome = "rejected",
        Status = 400,
        Attempts = 1,
    };

    /// <summary>A dead letter as it lies in its topic.</summary>
    public static DeadLetterRecord Record(DeadLetter letter, long offset = 0)
    {
        var message = letter.ToMessage();
        message.Timestamp = new Timestamp(letter.LastFailedAt);
        return new DeadLetterRecord(new ConsumeResult<byte[]?, byte[]?>
        {
            TopicPartitionOffset = new TopicPartitionOffset("push.apns.dead", 1, offset),
            Message = message,
        });
    }

    public static PushResult Result(
        Guid id, OutcomeKind outcome = OutcomeKind.Accepted, string lane = "apns.urgent", string? reason = null, double afterMs = 5) => new(
            id, "shop-ios", lane, "ab", outcome, DeadLettered: false, ProviderId: null, reason, Status: 200, Attempts: 1, Time, Time.AddMilliseconds(afterMs));
}
