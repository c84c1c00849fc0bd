using System.Text;

namespace Dispatcher.Api.Tests.Fuzzing;

/// <summary>Requests that are right, with every kind of target and content.</summary>
internal static class FuzzSeeds
{
    /// <summary>The device token of the seeds; no answer may repeat it.</summary>
    public const string Secret = "c0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0de";

    private static readonly string[] Requests =
    [
        """{"to":{"app":"shop-ios","token":"SECRET"},"notification":{"title":"Hi","subtitle":"s","body":"b 👩🏾‍💻","image":"https://example.com/i.png","sound":"default","badge":3},"data":{"orderId":"42","k":"v"},"priority":"high","timeToLive":3600,"collapseKey":"order-42","class":"urgent"}""",
        """{"to":[{"app":"shop-ios","token":"SECRET"},{"app":"shop-android","token":"fGh:APA91bSECRET"}],"notification":{"title":"Two"},"class":"bulk","apns":{"pushType":"alert","priority":5,"expiration":0,"collapseId":"c","payload":{"aps":{"interruption-level":"time-sensitive","thread-id":"t"},"own":{"a":[1,2,{"b":null}]}}},"fcm":{"android":{"ttl":"60s","notification":{"channel_id":"orders","color":"#ff8800"}},"fcm_options":{"analytics_label":"l"}}}""",
        """{"to":{"app":"shop-android","topic":"news"},"data":{"a":"1"},"idempotencyKey":"order-42"}""",
        """{"to":[{"app":"shop-ios","token":"SECRET","id":"9b2f7c1e-4a0d-4c6b-8f3e-2d5a7e1b9c04"},{"app":"shop-ios","token":"SECRET"}],"id":"0b2f7c1e-4a0d-4c6b-8f3e-2d5a7e1b9c04","data":{"a":"1"}}""",
        """{"to":{"app":"shop-android","condition":"'news' in topics && !('sport' in topics || 'tv' in topics)"},"notification":{"title":"t","body":"b"},"fcm":{"webpush":{"headers":{"TTL":"60"},"fcm_options":{"link":"https://example.com"}},"apns":{"payload":{"aps":{"alert":"x"}}}}}""",
        """{"to":{"app":"shop-ios","channel":"dHN0LXNyY2gtY2hubA=="},"apns":{"pushType":"liveactivity","payload":{"aps":{"event":"update","content-state":{"score":1},"timestamp":1796083200}}}}""",
        """{"to":{"app":"shop-ios","token":"SECRET"},"apns":{"pushType":"background","priority":5,"payload":{"aps":{"content-available":1}}},"timeToLive":0}""",
        """{"to":{"app":"shop-android","token":"fGh:APA91bSECRET"},"data":{"a":"1"},"priority":"normal","validateOnly":true}""",
        """{"to":[{"app":"shop-ios","token":"SECRET","locale":"pt-BR"},{"app":"shop-android","token":"fGh:APA91bSECRET","data":{"k":"v"}}],"locale":"de","notification":{"title":"t","localized":{"de":{"title":"T","image":"https://example.com/i.png"},"pt":{"body":"b"},"zh-Hant-TW":{"badge":1}}}}""",
        """{"to":[{"app":"shop-ios","token":"SECRET","variables":{"name":"Ada","n":3},"locale":"de"},{"app":"shop-android","token":"fGh:APA91bSECRET"}],"variables":{"name":"x","url":"https://example.com/i.png"},"data":{"own":"1"},"fcm":{"android":{"tag":null,"ttl":"5s"}},"template":{"notification":{"title":"Hi {{name}}","body":"{{nobody|you}} {{{{","image":"{{url}}","badge":"{{n|}}","localized":{"de":{"title":"Hallo {{name}}"}}},"data":{"k":"{{n|0}}"},"collapseKey":"c-{{n|0}}","timeToLive":60,"priority":"high","apns":{"collapseId":"i-{{n|0}}","payload":{"aps":{"thread-id":"{{name}}"},"own":["{{name}}",1,null]}},"fcm":{"android":{"notification":{"channelId":"{{name}}"}}}}}""",
    ];

    public static byte[][] All { get; } =
        [.. Requests.Select(request => Encoding.UTF8.GetBytes(request.Replace("SECRET", Secret, StringComparison.Ordinal)))];
}
