using System.Buffers;
using System.Text;
using System.Text.Json;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Tests.Providers;
using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Core.Tests.Pushes;

public sealed class PushJsonTests
{
    private static readonly DateTimeOffset TakenAt = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    [Fact]
    public void Every_push_reads_back_as_it_was_written() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll(RandomPushes.All.ToArbitrary(), push =>
            PushJson.TryDecode(Encode(push), TakenAt, out var read, out _) && AreSame(push, read)));

    [Fact]
    public void What_was_read_is_written_as_the_same_bytes() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(200),
        Prop.ForAll(RandomPushes.All.ToArbitrary(), push =>
        {
            var bytes = Encode(push);
            return PushJson.TryDecode(bytes, TakenAt, out var read, out _) && Encode(read).AsSpan().SequenceEqual(bytes);
        }));

    [Fact]
    public void A_push_is_as_large_as_it_is_written() =>
        Assert.Equal(Encode(Samples.ApnsPush(Samples.Hello)).Length, PushJson.Measure(Samples.ApnsPush(Samples.Hello)));

    [Fact]
    public void The_wire_form_is_the_documented_one()
    {
        var push = Samples.ApnsPush(new() { Title = "Order 42", Subtitle = "Shop", Body = "On its way", Image = "https://x/y", Sound = "default", Badge = 1 }) with
        {
            TimeToLive = 3600,
            Priority = PushPriority.High,
            CollapseKey = "order-42",
            Data = new Dictionary<string, string> { ["orderId"] = "42" },
            Apns = new()
            {
                PushType = "alert",
                Topic = "com.example.shop",
                Priority = 10,
                Expiration = new(0),
                CollapseId = "o",
                Payload = Samples.Json("""{"aps":{"thread-id":"orders"}}"""),
            },
            Fcm = Samples.Json("""{"android":{"notification":{"channel_id":"orders"}}}"""),
        };

        Samples.AssertJson(
            """
            {
              "v": 1, "id": "019a5b00-aaaa-7bbb-8ccc-ddddeeeeffff", "app": "shop-ios",
              "token": "7f3a00000000000000000000000000000000000000000000000000000000c0de", "acceptedAt": "2026-09-21T14:13:20Z",
              "timeToLive": 3600, "priority": "high", "collapseKey": "order-42",
              "notification": { "title": "Order 42", "subtitle": "Shop", "body": "On its way", "image": "https://x/y", "sound": "default", "badge": 1 },
              "data": { "orderId": "42" },
              "apns": { "pushType": "alert", "topic": "com.example.shop", "priority": 10, "expiration": 0, "collapseId": "o",
                "payload": { "aps": { "thread-id": "orders" } } },
              "fcm": { "android": { "notification": { "channel_id": "orders" } } }
            }
            """,
            Encode(push));
    }

    [Fact]
    public void What_is_left_out_has_a_default()
    {
        var push = Decode("""{"id":"019a5b00-aaaa-7bbb-8ccc-ddddeeeeffff","app":"shop-ios","token":"7f3a"}""");

        Assert.Equal(TakenAt, push.AcceptedAt);
        Assert.Equal((null, null, null), (push.TimeToLive, push.Priority, push.CollapseKey));
        Assert.Equal((null, null, null), (push.Notification, push.Data, push.Apns));
        Assert.Null(push.Fcm);
    }

    [Fact]
    public void A_member_that_is_null_is_as_one_left_out()
    {
        var push = Decode(
            """
            {"v":null,"id":"019a5b00-aaaa-7bbb-8ccc-ddddeeeeffff","app":"shop-ios","token":"7f3a","acceptedAt":null,"timeToLive":null,
             "priority":null,"collapseKey":null,"data":null,"fcm":null,
             "notification":{"title":null,"badge":null},"apns":{"priority":null,"expiration":null,"payload":null}}
            """);

        Assert.Equal(TakenAt, push.AcceptedAt);
        Assert.Equal((null, null, null, null), (push.TimeToLive, push.Priority, push.CollapseKey, push.Data));
        Assert.Equal(new NotificationContent(), push.Notification);
        Assert.Equal(new ApnsOverrides(), push.Apns);
    }

    [Fact]
    public void Members_that_this_version_does_not_know_are_ignored()
    {
        var push = Decode(
            """
            {"shade":{"deep":[1,{"title":"no"}]},"id":"019a5b00-aaaa-7bbb-8ccc-ddddeeeeffff","app":"shop-ios","token":"7f3a",
             "notification":{"icon":["x"],"title":"yes"},"apns":{"later":{},"topic":"t"},"sentBy":{"name":"shop"}}
            """);

        Assert.Equal(new NotificationContent { Title = "yes" }, push.Notification);
        Assert.Equal(new ApnsOverrides { Topic = "t" }, push.Apns);
    }

    [Fact]
    public void Escaped_names_and_values_are_read_as_what_they_stand_for()
    {
        var push = Decode(
            """{"\u0069d":"019a5b00-aaaa-7bbb-8ccc-ddddeeeeffff","app":"shop-ios","token":"7f3a","notification":{"t\u0069tle":"\ud83d\ude00"}}""");

        Assert.Equal("😀", push.Notification?.Title);
    }

    [Fact]
    public void Instants_keep_their_meaning_whatever_their_offset() =>
        Assert.Equal(
            new DateTimeOffset(2026, 12, 1, 8, 0, 0, TimeSpan.Zero),
            Decode("""{"id":"019a5b00-aaaa-7bbb-8ccc-ddddeeeeffff","app":"a","token":"t","acceptedAt":"2026-12-01T10:00:00+02:00"}""").AcceptedAt);

    private static PushNotification Decode(string json) =>
        PushJson.TryDecode(Encoding.UTF8.GetBytes(json), TakenAt, out var push, out var problem)
            ? push
            : throw new InvalidOperationException(problem);

    private static byte[] Encode(PushNotification push)
    {
        var buffer = new ArrayBufferWriter<byte>();
        PushJson.Encode(push, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    // Dictionaries and JSON compare by reference inside records.
    private static bool AreSame(PushNotification a, PushNotification b) =>
        Plain(a) == Plain(b)
        && (a.Data is null) == (b.Data is null) && (a.Data ?? NoData).Order(ByKey).SequenceEqual((b.Data ?? NoData).Order(ByKey))
        && AreSame(a.Fcm, b.Fcm)
        && AreSame(a.Apns?.Payload, b.Apns?.Payload);

    private static bool AreSame(JsonElement? a, JsonElement? b) =>
        a is { } left && b is { } right ? JsonElement.DeepEquals(left, right) : a.HasValue == b.HasValue;

    private static PushNotification Plain(PushNotification push) =>
        push with { Data = null, Fcm = null, Apns = push.Apns is null ? null : push.Apns with { Payload = null } };

    private static readonly Dictionary<string, string> NoData = [];

    private static readonly Comparer<KeyValuePair<string, string>> ByKey =
        Comparer<KeyValuePair<string, string>>.Create((a, b) => string.CompareOrdinal(a.Key, b.Key));
}
