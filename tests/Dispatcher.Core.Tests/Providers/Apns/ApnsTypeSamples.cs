using Dispatcher.Core.Pushes;
using static Dispatcher.Core.Tests.Providers.Samples;

namespace Dispatcher.Core.Tests.Providers.Apns;

/// <summary>A push of each type that is right in every respect.</summary>
internal static class ApnsTypeSamples
{
    private static readonly Dictionary<string, string?> Payloads = new()
    {
        ["alert"] = """{"aps":{"alert":{"title":"Hi","loc-args":["1"]},"badge":0,"sound":{"critical":1,"name":"x","volume":0.5},"relevance-score":1}}""",
        ["background"] = """{"aps":{"content-available":1},"k":{"any":[1]}}""",
        ["voip"] = """{"call":"7"}""",
        ["complication"] = """{"aps":{},"k":1}""",
        ["fileprovider"] = """{"container-identifier":"NSFileProviderWorkingSetContainerItemIdentifier","domain":"d"}""",
        ["liveactivity"] = """
            {"aps":{"timestamp":1790000000,"event":"start","content-state":{"s":1},"attributes-type":"Order","attributes":{"id":1},
             "alert":{"title":{"loc-key":"k","loc-args":["1"]},"body":"b","sound":"x"},"input-push-token":1,"stale-date":1790000001,"relevance-score":75}}
            """,
        ["pushtotalk"] = """{"aps":{},"speaker":"Ada"}""",
        ["location"] = null,
        ["controls"] = null,
        ["widgets"] = null,
    };

    public static IEnumerable<string> Names => Payloads.Keys;

    public static PushNotification Of(string pushType) => ApnsPush() with
    {
        Apns = new() { PushType = pushType, Payload = Payloads[pushType] is { } payload ? Json(payload) : null },
    };
}
