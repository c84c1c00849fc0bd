using System.Text;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Tests.Pushes;

/// <summary>Records that are not pushes: each is refused with a reason, and the reason repeats nothing of the content.</summary>
public sealed class PushReaderTests
{
    private const string Id = "\"id\":\"019a5b00-aaaa-7bbb-8ccc-ddddeeeeffff\"";
    private const string Required = $"{Id},\"app\":\"shop-ios\",\"token\":\"7f3a\"";

    [Theory]
    [InlineData("", "not valid JSON at byte 0 of line 0")]
    [InlineData("hello", "not valid JSON at byte 0 of line 0")]
    [InlineData("{", "not valid JSON at byte 1 of line 0")]
    [InlineData("{\n\"id\": }", "not valid JSON at byte 6 of line 1")]
    [InlineData("{" + Required + "} {}", "not valid JSON at byte 78 of line 0")]
    [InlineData("{" + Required + ",}", "not valid JSON at byte 77 of line 0")]
    [InlineData("null", "must be a JSON object")]
    [InlineData("[]", "must be a JSON object")]
    [InlineData("\"push\"", "must be a JSON object")]
    public void Bytes_that_are_no_json_object_are_refused(string json, string problem) => Assert.Equal(problem, Problem(json));

    [Theory]
    [InlineData("\"app\":\"a\",\"token\":\"t\"", "id is missing")]
    [InlineData(Id + ",\"token\":\"t\"", "app is missing")]
    [InlineData(Id + ",\"app\":\"\",\"token\":\"t\"", "app is missing")]
    [InlineData(Id + ",\"app\":null,\"token\":\"t\"", "app is missing")]
    [InlineData(Id + ",\"app\":\"a\"", "token is missing")]
    [InlineData(Id + ",\"app\":\"a\",\"token\":\"\"", "token is missing")]
    [InlineData(Id + ",\"app\":\"a\",\"topic\":\"\"", "token is missing")]
    [InlineData(Id + ",\"app\":\"a\",\"topic\":1", "topic must be a string")]
    [InlineData(Id + ",\"app\":\"a\",\"topic\":\"t\",\"fid\":\"f\"", "has both a topic and a fid")]
    [InlineData(Id + ",\"app\":\"a\",\"token\":\"t\",\"condition\":\"c\"", "has both a token and a condition")]
    [InlineData("\"id\":\"42\"", "id must be a UUID")]
    [InlineData("\"id\":42", "id must be a UUID")]
    [InlineData("\"id\":\"00000000-0000-0000-0000-000000000000\"", "id must be a UUID")]
    public void A_push_has_an_id_an_app_and_a_token(string members, string problem) => Assert.Equal(problem, Problem($"{{{members}}}"));

    [Theory]
    [InlineData("2", "schema version 2 is not one of 1 to 1")]
    [InlineData("0", "schema version 0 is not one of 1 to 1")]
    [InlineData("\"1\"", "v must be a whole number")]
    public void A_schema_version_that_is_not_known_is_refused(string version, string problem) =>
        Assert.Equal(problem, Problem($"{{\"v\":{version},{Required}}}"));

    [Theory]
    [InlineData("app", "1", "app must be a string")]
    [InlineData("token", "[]", "token must be a string")]
    [InlineData("acceptedAt", "\"yesterday\"", "acceptedAt must be an ISO 8601 instant")]
    [InlineData("acceptedAt", "1790000000", "acceptedAt must be an ISO 8601 instant")]
    [InlineData("sendAt", "\"soon\"", "sendAt must be an ISO 8601 instant")]
    [InlineData("sendAt", "\"1970-02-01T00:00:00Z\"", "sendAt must be at most 30 days ahead")]
    [InlineData("timeToLive", "-1", "timeToLive must be 0 to 2419200 seconds, not -1")]
    [InlineData("timeToLive", "2419201", "timeToLive must be 0 to 2419200 seconds, not 2419201")]
    [InlineData("timeToLive", "1.5", "timeToLive must be a whole number")]
    [InlineData("timeToLive", "\"60\"", "timeToLive must be a whole number")]
    [InlineData("priority", "\"urgent\"", "priority must be high or normal")]
    [InlineData("priority", "10", "priority must be a string")]
    [InlineData("collapseKey", "1", "collapseKey must be a string")]
    [InlineData("validateOnly", "1", "validateOnly must be true or false")]
    [InlineData("notification", "\"Hi\"", "notification must be an object")]
    [InlineData("notification", "{\"title\":1}", "notification.title must be a string")]
    [InlineData("notification", "{\"subtitle\":1}", "notification.subtitle must be a string")]
    [InlineData("notification", "{\"body\":{}}", "notification.body must be a string")]
    [InlineData("notification", "{\"image\":true}", "notification.image must be a string")]
    [InlineData("notification", "{\"sound\":{}}", "notification.sound must be a string")]
    [InlineData("notification", "{\"badge\":\"1\"}", "notification.badge must be a whole number")]
    [InlineData("notification", "{\"badge\":3000000000}", "notification.badge is out of range")]
    [InlineData("data", "[]", "data must be an object")]
    [InlineData("data", "{\"k\":1}", "data must be a string")]
    [InlineData("data", "{\"k\":null}", "data has a value that is not a string")]
    [InlineData("apns", "1", "apns must be an object")]
    [InlineData("apns", "{\"pushType\":1}", "apns.pushType must be a string")]
    [InlineData("apns", "{\"topic\":1}", "apns.topic must be a string")]
    [InlineData("apns", "{\"priority\":\"high\"}", "apns.priority must be a whole number")]
    [InlineData("apns", "{\"priority\":99999999999}", "apns.priority is out of range")]
    [InlineData("apns", "{\"expiration\":1e40}", "apns.expiration must be a whole number or \"none\"")]
    [InlineData("apns", "{\"expiration\":\"never\"}", "apns.expiration must be a whole number or \"none\"")]
    [InlineData("channel", "\"dHN0\"", "has both a token and a channel")]
    [InlineData("apns", "{\"collapseId\":1}", "apns.collapseId must be a string")]
    [InlineData("apns", "{\"payload\":[]}", "apns.payload must be an object")]
    [InlineData("fcm", "\"x\"", "fcm must be an object")]
    public void A_member_of_the_wrong_kind_is_named(string member, string value, string problem) =>
        Assert.Equal(problem, Problem($"{{{Required},\"{member}\":{value}}}"));

    [Theory]
    [InlineData("\"notification\":{\"title\":\"\\ud800\"}")]
    [InlineData("\"collapseKey\":\"\\udc00x\"")]
    [InlineData("\"data\":{\"\\ud800\":\"v\"}")]
    [InlineData("\"data\":{\"k\":\"\\ud800\\ud800\"}")]
    [InlineData("\"apns\":{\"payload\":{\"k\":[\"\\ud800\"]}}")]
    [InlineData("\"apns\":{\"payload\":{\"\\ud800\":1}}")]
    [InlineData("\"fcm\":{\"notification\":{\"title\":\"\\ud800\"}}")]
    [InlineData("\"fcm\":{\"data\":{\"\\ud800\":\"v\"}}")]
    public void A_lone_surrogate_is_refused_wherever_it_would_be_sent(string members) =>
        Assert.Equal("has a string that is not valid Unicode", Problem($"{{{Required},{members}}}"));

    [Theory]
    [InlineData("{\"notification\":{\"title\":\"", "\"}}")]
    [InlineData("{\"data\":{\"", "\":\"v\"}}")]
    [InlineData("{\"fcm\":{\"data\":{\"k\":\"", "\"}}}")]
    [InlineData("{\"apns\":{\"payload\":{\"k\":{\"", "\":1}}}}")]
    public void Bytes_that_are_not_utf8_are_refused_wherever_they_would_be_sent(string before, string after)
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(before), 0xC3, 0x28, .. Encoding.UTF8.GetBytes(after)];

        Assert.Equal("has a string that is not valid Unicode", Problem(bytes));
    }

    [Fact]
    public void Nesting_without_end_is_refused() =>
        Assert.StartsWith("not valid JSON", Problem($"{{{Required},\"fcm\":{string.Concat(Enumerable.Repeat("{\"a\":", 100))}1"), StringComparison.Ordinal);

    private static string? Problem(string json) => Problem(Encoding.UTF8.GetBytes(json));

    private static string? Problem(byte[] utf8)
    {
        Assert.False(PushJson.TryDecode(utf8, DateTimeOffset.UnixEpoch, out var push, out var problem));
        Assert.Null(push);
        return problem;
    }
}
