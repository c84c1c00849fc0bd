namespace Dispatcher.Api.Tests.Content;

/// <summary>What the providers' documents say they refuse, row by row, at the door: the place, what was expected and what was there.</summary>
public sealed class SheetTests : IDisposable
{
    private const string Ios = "\"to\":{\"app\":\"shop-ios\",\"token\":\"TOKEN\"}";
    private const string Channel = "\"to\":{\"app\":\"shop-ios\",\"channel\":\"dHN0LXNyY2gtY2hubA==\"}";
    private const string Android = "\"to\":{\"app\":\"shop-android\",\"token\":\"f:A\"}";
    private const string Topic = "\"to\":{\"app\":\"shop-android\",\"topic\":\"news\"}";

    private readonly Desk _desk = new();

    public void Dispose() => _desk.Dispose();

    /// <summary>Apple, "Sending notification requests to APNs", "Generating a remote notification", and the pages of the types.</summary>
    [Theory]
    [InlineData(Ios, "\"notification\":{\"title\":\"t\"},\"apns\":{\"priority\":7}", "/apns/priority", "must be 10, 5 or 1, not 7")]
    [InlineData(Ios, "\"data\":{\"k\":\"v\"},\"apns\":{\"pushType\":\"background\",\"priority\":10}", "/apns/priority", "must be 5 for a background push, not 10")]
    [InlineData(Ios, "\"data\":{\"k\":\"v\"},\"apns\":{\"priority\":1}", "/apns/priority", "must be 5 for a background push, not 1")]
    [InlineData(Ios, "\"notification\":{\"title\":\"t\"},\"apns\":{\"pushType\":\"alarm\"}", "/apns/pushType", "is not a push type of APNs")]
    [InlineData(Ios, "\"notification\":{\"title\":\"t\"},\"apns\":{\"pushType\":\"background\"}", "/apns/pushType", "background is for a push with nothing to show, hear or count")]
    [InlineData(Ios, "\"notification\":{\"title\":\"t\"},\"apns\":{\"topic\":\"com.example.other\"}", "/apns/topic", "must be 'com.example.shop' or begin with it and a dot")]
    [InlineData(Ios, "\"notification\":{\"title\":\"t\"},\"apns\":{\"expiration\":-1}", "/apns/expiration", "must be Unix seconds, 0 for one attempt, or \"none\", not -1")]
    [InlineData(Ios, "\"notification\":{\"title\":\"t\"},\"timeToLive\":2419201", "/timeToLive", "must be a whole number from 0 to 2419200, not 2419201")]
    [InlineData(Ios, "\"notification\":{\"title\":\"t\"},\"data\":{\"aps\":\"x\"}", "/data/aps", "is APNs' own key")]
    [InlineData(Ios, "\"apns\":{\"payload\":{\"aps\":{\"alert\":\"x\",\"badge\":\"1\"}}}", "/apns/payload/aps/badge", "must be a whole number, not a string of 1 character")]
    [InlineData(Ios, "\"apns\":{\"payload\":{\"aps\":{\"alert\":\"x\",\"relevance-score\":2}}}", "/apns/payload/aps/relevance-score", "must be 0 to 1, not 2")]
    [InlineData(Ios, "\"apns\":{\"payload\":{\"aps\":{\"alert\":\"x\",\"interruption-level\":\"urgent\"}}}", "/apns/payload/aps/interruption-level", "must be passive, active, time-sensitive or critical, not \"urgent\"")]
    [InlineData(Ios, "\"apns\":{\"payload\":{\"aps\":{\"alert\":\"x\",\"mutable-content\":true}}}", "/apns/payload/aps/mutable-content", "must be the number 1, not true")]
    [InlineData(Ios, "\"apns\":{\"pushType\":\"liveactivity\",\"payload\":{\"aps\":{\"event\":\"update\",\"content-state\":{}}}}", "/apns/payload/aps/timestamp", "is missing: it orders the updates of a Live Activity")]
    [InlineData(Channel, "\"apns\":{\"payload\":{\"aps\":{\"event\":\"start\",\"timestamp\":1,\"content-state\":{},\"attributes-type\":\"a\",\"attributes\":{},\"alert\":{\"title\":\"t\"}}}}", "/apns/payload/aps/event", "must be update or end: a broadcast cannot start a Live Activity")]
    public void Apns(string to, string content, string at, string problem) => AssertRefused(to, content, at, problem);

    /// <summary>Firebase, REST resource projects.messages, FcmError, "Send messages to topics".</summary>
    [Theory]
    [InlineData(Android, "\"data\":{\"from\":\"x\"}", "/data/from", "is one of FCM's own keys")]
    [InlineData(Android, "\"data\":{\"message_type\":\"x\"}", "/data/message_type", "is one of FCM's own keys")]
    [InlineData(Android, "\"data\":{\"google.c.a\":\"x\"}", "/data/google.c.a", "is one of FCM's own keys")]
    [InlineData(Android, "\"data\":{\"gcm.n.e\":\"x\"}", "/data/gcm.n.e", "is one of FCM's own keys")]
    [InlineData(Android, "\"data\":{\"k\":1}", "/data/k", "must be a string, not a number; providers carry strings only")]
    [InlineData(Android, "\"notification\":{\"title\":\"t\",\"image\":\"http://x.example\"}", "/notification/image", "must be an absolute https URL, not one with http")]
    [InlineData(Android, "\"fcm\":{\"notification\":{\"image\":\"x.png\"}}", "/fcm/notification/image", "must be an absolute https URL, not a string of 5 characters")]
    [InlineData(Android, "\"fcm\":{\"android\":{\"ttl\":\"2419201s\"}}", "/fcm/android/ttl", "may have at most \"2419200s\", not \"2419201s\"")]
    [InlineData(Android, "\"fcm\":{\"android\":{\"priority\":\"URGENT\"}}", "/fcm/android/priority", "must be one of NORMAL, HIGH, normal, high, not \"URGENT\"")]
    [InlineData(Android, "\"fcm\":{\"android\":{\"notification\":{\"color\":\"red\"}}}", "/fcm/android/notification/color", "must be a colour as #rrggbb, not \"red\"")]
    [InlineData(Android, "\"fcm\":{\"fcm_options\":{\"analytics_label\":\"a b\"}}", "/fcm/fcm_options/analytics_label", "may have the characters a-z A-Z 0-9 - _ . ~ % only")]
    [InlineData(Android, "\"fcm\":{\"webpush\":{\"headers\":{\"TTL\":\"1h\"}}}", "/fcm/webpush/headers/TTL", "must be a number of seconds, such as \"60\", not a string of 2 characters")]
    [InlineData(Android, "\"fcm\":{\"apns\":{\"headers\":{\"apns-priority\":\"high\"}}}", "/fcm/apns/headers/apns-priority", "must be \"10\", \"5\" or \"1\", not \"high\"")]
    [InlineData(Android, "\"fcm\":{\"token\":\"x\"}", "/fcm/token", "must not be here: the target is in 'to'")]
    [InlineData("\"to\":{\"app\":\"shop-android\",\"topic\":\"a b\"}", "\"data\":{\"k\":\"v\"}", "/to/topic", "may have the characters a-z A-Z 0-9 - _ . ~ % only")]
    [InlineData("\"to\":{\"app\":\"shop-android\",\"condition\":\"'a' in topics & 'b' in topics\"}", "\"data\":{\"k\":\"v\"}", "/to/condition", "needs && or || here, or ends here (character 15)")]
    [InlineData("\"to\":{\"app\":\"shop-android\",\"condition\":\"'a' in topics || 'b' in topics || 'c' in topics || 'd' in topics || 'e' in topics || 'f' in topics\"}", "\"data\":{\"k\":\"v\"}", "/to/condition", "may name at most 5 topics, not 6")]
    public void Fcm(string to, string content, string at, string problem) => AssertRefused(to, content, at, problem);

    /// <summary>Bytes in UTF-8, at the limit and one letter beyond: of one, two, three and four bytes, the last a surrogate pair.</summary>
    [Theory]
    [InlineData(Ios, "\"notification\":{\"title\":\"TEXT\"}", 4096 - 30, "renders to {0} bytes for APNs, which takes 4096")]
    [InlineData(Ios, "\"apns\":{\"pushType\":\"voip\",\"payload\":{\"k\":\"TEXT\"}}", 5120 - 17, "renders to {0} bytes for APNs, which takes 5120")]
    [InlineData(Channel, "\"apns\":{\"payload\":{\"aps\":{\"event\":\"end\",\"timestamp\":1},\"k\":\"TEXT\"}}", 5120 - 44, "renders to {0} bytes for APNs, which takes 5120")]
    [InlineData(Android, "\"data\":{\"k\":\"TEXT\"}", 4096 - 1, "has {0} bytes of keys and values for FCM, which takes 4096")]
    [InlineData(Topic, "\"notification\":{\"body\":\"TEXT\"}", 2048 - 4, "has {0} bytes of keys and values for FCM, which takes 2048 for a topic")]
    public void Sizes(string to, string content, int room, string problem)
    {
        var taken = int.Parse(problem.Split("takes ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        foreach (var (letter, bytes) in new[] { ("x", 1), ("ü", 2), ("訂", 3), ("😀", 4) })
        {
            string Text(int more) => string.Concat(Enumerable.Repeat(letter, (room / bytes) + more)) + new string('.', room % bytes);

            Assert.Single(_desk.Admit($"{{{to},{content.Replace("TEXT", Text(0), StringComparison.Ordinal)}}}"));
            AssertRefused(
                to,
                content.Replace("TEXT", Text(1), StringComparison.Ordinal),
                "",
                string.Format(System.Globalization.CultureInfo.InvariantCulture, problem, taken + bytes));
        }
    }

    [Theory]
    [InlineData("collapseKey", "/collapseKey")]
    [InlineData("apns", "/apns/collapseId")]
    public void A_collapse_id_has_64_bytes(string member, string at)
    {
        string Content(string key) => $"\"notification\":{{\"title\":\"t\"}},{(member == "apns" ? $"\"apns\":{{\"collapseId\":\"{key}\"}}" : $"\"collapseKey\":\"{key}\"")}";

        Assert.Single(_desk.Admit($"{{{Ios},{Content(new string('k', 64))}}}"));
        AssertRefused(Ios, Content(new string('k', 65)), at, "must have 1 to 64 bytes for APNs, not 65");
        AssertRefused(Ios, Content(new string('k', 63) + "é"), at, "must have 1 to 64 bytes for APNs, not 65");
        AssertRefused(Ios, Content("é"), at, "must be printable ASCII for APNs, which takes it as a header");
    }

    private void AssertRefused(string to, string content, string at, string problem) =>
        Assert.Equal([new(at, problem)], _desk.Refuse($"{{{to},{content}}}"));
}
