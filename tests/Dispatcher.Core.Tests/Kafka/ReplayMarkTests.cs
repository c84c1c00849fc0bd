using System.Text;
using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Tests.Kafka;

public sealed class ReplayMarkTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 21, 3, 15, 2, TimeSpan.Zero);

    private static readonly ReplayMark Mark = new("shop-3f2a", 2, new RecordPlace("push.apns.dead", 3, 5_000_000_000));

    private static readonly DeadLetter Letter = new()
    {
        Key = "k"u8.ToArray(),
        Value = "{}"u8.ToArray(),
        OriginalTopic = "push.apns.urgent",
        OriginalPartition = 0,
        OriginalOffset = 0,
        OriginalTimestamp = Time,
        Reason = "BadDeviceToken",
        LastFailedAt = Time,
        TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        Headers = new Headers { { "order", "42"u8.ToArray() } },
    };

    [Fact]
    public void A_replay_has_what_its_producer_gave_it_and_nothing_of_the_attempts()
    {
        var replay = Again(Letter).ToReplay(Letter.Value!, Mark);
        Assert.Equal(Letter.Key, replay.Key);
        Assert.Equal(Letter.Value, replay.Value);
        Assert.Equal(["order", "replay-count", "replay-id", "replay-origin", "traceparent"], replay.Headers.Select(header => header.Key).Order());
        Assert.Equal(Letter.TraceParent, Encoding.UTF8.GetString(replay.Headers.GetLastBytes("traceparent")));
        Assert.Equal(Mark, ReplayMark.Read(replay.Headers));
    }

    [Fact]
    public void The_mark_goes_through_a_delay_tier_into_the_next_dead_letter_and_the_next_replay_takes_its_place()
    {
        var replay = Letter.ToReplay(Letter.Value!, Mark);
        var delayed = new DelayedPush(
            Lane.All[0], Time, Time, 1, 1, Time, "ServiceUnavailable", new RecordOrigin("push.apns.urgent", 0, 1, Time), null)
            .ToMessage(replay.Key, replay.Value, replay.Headers);
        var again = Again(Letter with { Headers = delayed.Headers });
        Assert.Equal(Mark, again.Replay);

        var next = Mark with { Count = 3 };
        var second = again.ToReplay(Letter.Value!, next);
        Assert.Equal(next, ReplayMark.Read(second.Headers));
        Assert.Equal(1, second.Headers.Count(header => header.Key == DeadLetterHeaders.ReplayCount));
    }

    [Theory]
    [InlineData("push.apns.dead/3")]
    [InlineData("push.apns.dead/x/1")]
    [InlineData("/1/1")]
    [InlineData("push.apns.dead/-1/1")]
    [InlineData("")]
    public void Headers_that_are_no_mark_of_ours_are_none(string origin) => Assert.Null(ReplayMark.Read(new Headers
    {
        { DeadLetterHeaders.ReplayId, "x"u8.ToArray() },
        { DeadLetterHeaders.ReplayCount, "1"u8.ToArray() },
        { DeadLetterHeaders.ReplayOrigin, Encoding.UTF8.GetBytes(origin) },
    }));

    [Fact]
    public void Most_dead_letters_were_never_replayed() => Assert.Null(Again(Letter).Replay);

    private static DeadLetter Again(DeadLetter letter) => DeadLetter.Read(new ConsumeResult<byte[]?, byte[]?>
    {
        Topic = "push.apns.dead",
        Message = letter.ToMessage(),
    });
}
