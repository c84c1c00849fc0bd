using System.Text;
using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using FsCheck;
using FsCheck.Fluent;
using Config = FsCheck.Config;

namespace Dispatcher.Core.Tests.Kafka;

public sealed class DelayedPushTests
{
    private static readonly DateTimeOffset Instant = new(2026, 11, 1, 8, 0, 0, TimeSpan.Zero);

    private static readonly DelayedPush Some = new(
        new Lane(Provider.Fcm, PushClass.Bulk),
        Instant.AddTicks(1),
        Instant.AddSeconds(10),
        3,
        1,
        Instant.AddMinutes(-1),
        "UNAVAILABLE",
        new RecordOrigin("push.fcm.bulk", 7, 4_711, Instant.AddMinutes(-2)),
        "00-trace-01");

    [Fact]
    public void What_is_written_is_read() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll(
        Pushes.ToArbitrary(), push => push == DelayedPush.Read(push.ToMessage(null, null).Headers)));

    [Fact]
    public void Key_and_value_are_the_originals_and_its_headers_come_along()
    {
        byte[] key = [1, 2], value = [0xff, 0, 3];
        var original = new Headers { { "x-source", [1] }, { "x-source", [2] }, { "x-empty", null } };

        var record = Some.ToMessage(key, value, original);

        Assert.Same(key, record.Key);
        Assert.Same(value, record.Value);
        Assert.Equal(
            [("x-source", [1]), ("x-source", [2]), ("x-empty", null)],
            record.Headers.Take(3).Select(header => (header.Key, (byte[]?)header.GetValueBytes())));
    }

    [Fact]
    public void From_tier_to_tier_headers_do_not_pile_up()
    {
        var first = Some.ToMessage(null, null, new Headers { { "x-source", [1] } });
        var next = Some with { NotBefore = Instant.AddHours(1), Attempts = 4, Retries = 2 };

        var second = next.ToMessage(null, null, first.Headers);

        Assert.Equal(first.Headers.Select(header => header.Key), second.Headers.Select(header => header.Key));
        Assert.Equal(next, DelayedPush.Read(second.Headers));
    }

    [Fact]
    public void A_null_key_and_value_stay_null()
    {
        var record = Some.ToMessage(null, null);

        Assert.Null(record.Key);
        Assert.Null(record.Value);
    }

    private static readonly string[] Needed =
        ["lane", "not-before", "leaves-at", "attempts", "retries", "original-topic", "original-partition", "original-offset", "original-timestamp"];

    public static TheoryData<string> Required => [.. Needed];

    [Theory]
    [MemberData(nameof(Required))]
    public void Without_a_header_that_it_needs_it_is_no_push_that_waits(string name)
    {
        var headers = Some.ToMessage(null, null).Headers;
        headers.Remove(name);
        Assert.Null(DelayedPush.Read(headers));

        headers.Add(name, null);
        Assert.Null(DelayedPush.Read(headers));
    }

    [Theory]
    [InlineData("lane", "fcm.slow")]
    [InlineData("lane", "FCM.bulk")]
    [InlineData("not-before", "tomorrow")]
    [InlineData("not-before", "8")]
    [InlineData("not-before", "2026-13-01T08:00:00.0000000Z")]
    [InlineData("leaves-at", "01/11/2026")]
    [InlineData("attempts", "")]
    [InlineData("attempts", "-1")]
    [InlineData("attempts", "3000000000")]
    [InlineData("attempts", "1e3")]
    [InlineData("retries", "many")]
    [InlineData("original-partition", "99999999999")]
    [InlineData("original-offset", "-7")]
    [InlineData("original-timestamp", "\u0000")]
    public void A_header_that_says_nothing_sensible_is_like_none(string name, string text)
    {
        var headers = Some.ToMessage(null, null).Headers;
        headers.Add(name, Encoding.UTF8.GetBytes(text)); // the last one counts

        Assert.Null(DelayedPush.Read(headers));
    }

    [Fact]
    public void What_is_not_needed_may_be_missing()
    {
        var push = Some with { FirstFailedAt = null, Reason = null, TraceParent = null };

        Assert.Equal(push, DelayedPush.Read(push.ToMessage(null, null).Headers));
    }

    [Fact]
    public void No_headers_are_no_push_that_waits()
    {
        Assert.Null(DelayedPush.Read(null));
        Assert.Null(DelayedPush.Read([]));
    }

    /// <summary>A record of anybody: whatever is in its headers, reading them never throws.</summary>
    [Fact]
    public void Garbage_is_read_as_nothing() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll(
        (from name in Gen.Elements(Needed)
         from bytes in ArbMap.Default.GeneratorFor<byte>().ArrayOf()
         select (name, bytes)).ToArbitrary(),
        garbage =>
        {
            var headers = Some.ToMessage(null, null).Headers;
            headers.Add(garbage.name, garbage.bytes);
            var read = DelayedPush.Read(headers);
            return read is null || garbage.name == "original-topic" || Encoding.UTF8.GetString(garbage.bytes).All(char.IsAsciiDigit);
        }));

    private static Gen<DelayedPush> Pushes { get; } =
        from lane in Gen.Elements<Lane>(Lane.All)
        from ticks in Gen.Choose(int.MinValue, int.MaxValue).Three()
        from numbers in Gen.Choose(0, int.MaxValue).Four()
        from reason in Gen.Elements("UNAVAILABLE", "ÄÖ €", "", null)
        from failed in Gen.Elements(true, false)
        let at = new Func<int, DateTimeOffset>(number => Instant.AddTicks(number * 100_003L))
        select new DelayedPush(
            lane,
            at(ticks.Item1),
            at(ticks.Item2),
            numbers.Item1,
            numbers.Item2,
            failed ? at(ticks.Item3) : null,
            reason,
            new RecordOrigin("push." + lane.Name, numbers.Item3, numbers.Item4 * 4_000_000_000L, at(ticks.Item3)),
            reason);
}
