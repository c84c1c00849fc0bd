using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;

namespace Dispatcher.Client.Tests;

public sealed class PushMessageTests
{
    [Fact]
    public void Every_property_has_its_member()
    {
        var message = new PushMessage
        {
            To =
            [
                PushTarget.Token("ios", "aa") with { Locale = "de", Data = new Dictionary<string, string> { ["k"] = "1" }, Variables = new Dictionary<string, string> { ["n"] = "A" } },
                PushTarget.Fid("android", "f"), PushTarget.Topic("android", "news"), PushTarget.Condition("android", "'a' in topics"),
            ],
            Notification = new Notification
            {
                Title = "T",
                Subtitle = "S",
                Body = "B",
                Image = new Uri("https://x/y.png"),
                Sound = "default",
                Badge = 0,
                Localized = new Dictionary<string, Notification> { ["de"] = new() { Title = "D" } },
            },
            Data = new Dictionary<string, string> { ["orderId"] = "42" },
            Class = PushClass.Bulk,
            Priority = PushPriority.Normal,
            TimeToLive = TimeSpan.FromHours(1),
            SendAt = new DateTimeOffset(2026, 12, 1, 9, 0, 0, TimeSpan.FromHours(1)),
            CollapseKey = "c",
            Locale = "en",
            Template = "t",
            Variables = new Dictionary<string, string> { ["n"] = "B" },
            Apns = new JsonObject { ["priority"] = 5 },
            Fcm = new JsonObject { ["android"] = new JsonObject() },
            IdempotencyKey = "key",
            More = new JsonObject { ["later"] = true },
        };

        Assert.Equal(
            """{"to":[{"app":"ios","token":"aa","locale":"de","data":{"k":"1"},"variables":{"n":"A"}},{"app":"android","fid":"f"},"""
            + """{"app":"android","topic":"news"},{"app":"android","condition":"\u0027a\u0027 in topics"}],"""
            + """ "notification":{"title":"T","subtitle":"S","body":"B","image":"https://x/y.png","sound":"default","badge":0,"localized":{"de":{"title":"D"}}},""".TrimStart()
            + """ "data":{"orderId":"42"},"class":"bulk","priority":"normal","timeToLive":3600,"sendAt":"2026-12-01T08:00:00Z","collapseKey":"c","locale":"en",""".TrimStart()
            + """ "template":"t","variables":{"n":"B"},"apns":{"priority":5},"fcm":{"android":{}},"idempotencyKey":"key","later":true}""".TrimStart(),
            Json(message, "unused"));
    }

    [Fact]
    public void One_target_is_no_list() =>
        Assert.Equal("""{"to":{"app":"a","token":"t"}}""", Json(new PushMessage { To = [PushTarget.Token("a", "t")] }, null));

    [Theory]
    [InlineData("""{"to":1}""", """{"idempotencyKey":"k","to":1}""")]
    [InlineData("{}", """{"idempotencyKey":"k"}""")]
    [InlineData(" { } ", """{"idempotencyKey":"k" } """)]
    [InlineData("{\n  \"to\": 1\r\n}", """{"idempotencyKey":"k",   "to": 1  }""")]
    [InlineData("""{"idempotencyKey":"own"}""", """{"idempotencyKey":"own"}""")]
    [InlineData("""{"to":1,"id":"own"}""", """{"to":1,"id":"own"}""")]
    [InlineData("""{"data":{"id":"x"}}""", """{"idempotencyKey":"k","data":{"id":"x"}}""")]
    [InlineData("{bad", "{bad")]
    [InlineData("[]", "[]")]
    public void Json_is_sent_as_it_is_with_a_key_on_one_line(string json, string sent) =>
        Assert.Equal(sent, Json(PushMessage.FromJson(Encoding.UTF8.GetBytes(json)), "k"));

    [Fact]
    public void Keys_are_escaped() =>
        Assert.Equal("""{"idempotencyKey":"a\u0022b"}""", Json(PushMessage.FromJson("{}"u8.ToArray()) with { IdempotencyKey = "a\"b" }, null));

    [Fact]
    public void Nothing_is_no_message() => Assert.Throws<ArgumentException>(() => PushMessage.FromJson(default));

    [Fact]
    public void Tokens_are_not_told() =>
        Assert.Equal("a push for a token of ios", new PushMessage { To = [PushTarget.Token("ios", "secret")] }.ToString());

    private static string Json(PushMessage message, string? key)
    {
        var output = new ArrayBufferWriter<byte>();
        message.Write(output, key);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
