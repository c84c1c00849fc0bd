namespace Dispatcher.Chaos.Pushing;

/// <summary>Tokens that no other push of the run has.</summary>
/// <param name="seed">Tells runs apart.</param>
internal sealed class Tokens(int seed)
{
    private long _next;

    /// <summary>A fresh token of an app's provider; an APNs app's name ends with <c>ios</c>.</summary>
    public string Next(string app, Design design = Design.Accepted, string start = "ab")
    {
        var unique = $"{seed:x8}{Interlocked.Increment(ref _next):x12}";
        if (!app.EndsWith("ios", StringComparison.Ordinal))
            return $"{FcmScript(design) ?? start}{unique}:APA91b{unique.PadRight(100, 'x')}";
        return $"{ApnsScript(design) ?? start}{unique}".PadRight(64, '0');
    }

    private static string? ApnsScript(Design design) => design switch
    {
        Design.Unregistered => "fa114100", // 410 Unregistered
        Design.Rejected => "fa114000", // 400 BadDeviceToken
        Design.Expired => "fa115030", // 503 ServiceUnavailable, always
        _ => null,
    };

    private static string? FcmScript(Design design) => design switch
    {
        Design.Unregistered => "fail-404-UNREGISTERED:",
        Design.Rejected => "fail-400-OUT_OF_RANGE:", // not about the token
        Design.Expired => "fail-503-UNAVAILABLE:",
        _ => null,
    };
}
