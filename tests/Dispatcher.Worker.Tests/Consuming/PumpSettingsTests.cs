using System.Text;
using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Worker.Consuming;
using Dispatcher.Worker.Tests.Engine;

namespace Dispatcher.Worker.Tests.Consuming;

/// <summary>Every lane reads all delay tiers: each record there has to be one lane's, and not two's or nobody's.</summary>
public sealed class PumpSettingsTests
{
    public static TheoryData<string> Lanes => [.. Lane.All.Select(lane => lane.Name)];

    public static TheoryData<string?> NoLanes => [null, "", "apns", "APNS.URGENT", "sms.urgent", "apns.urgent "];

    [Theory]
    [MemberData(nameof(Lanes))]
    public void A_record_that_waits_for_a_lane_is_that_lanes(string lane) => Assert.Equal(lane, TakerOf(WithLane(lane)));

    /// <summary>It is no push that waits, and becomes a dead letter: one.</summary>
    [Theory]
    [MemberData(nameof(NoLanes))]
    public void A_record_that_names_no_lane_is_the_first_lanes(string? lane) => Assert.Equal(Lane.All[0].Name, TakerOf(WithLane(lane)));

    [Fact]
    public void A_record_without_headers_is_the_first_lanes() => Assert.Equal(Lane.All[0].Name, TakerOf(null));

    [Fact]
    public void A_push_that_was_handed_off_comes_back_to_its_lane() => Assert.All(Lane.All, lane => Assert.Equal(lane.Name, TakerOf(new DelayedPush(
        lane, default, default, 1, 1, null, null, new RecordOrigin("push", 0, 0, default), null).ToMessage(null, null).Headers)));

    [Fact]
    public void A_lanes_own_topic_has_nobody_elses_records() => Assert.True(Settings(delaysOf: null).Takes(WithLane("fcm.bulk")));

    private static Headers WithLane(string? lane) =>
        lane is null ? [new Header("x-source", [1])] : [new Header("lane", Encoding.UTF8.GetBytes(lane))];

    private static string TakerOf(Headers? headers) => Assert.Single(Lane.All, lane => Settings(lane).Takes(headers)).Name;

    private static PumpSettings Settings(Lane? delaysOf) => new("test", ["push.delay.10s"], delaysOf, Samples.Apps, new ConsumerConfig());
}
