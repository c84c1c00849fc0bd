using Dispatcher.Core.Apps;
using Dispatcher.Core.Sending;

namespace Dispatcher.Cli.Checks;

/// <summary>
/// What an answer of APNs to a token that cannot exist says about an app. APNs looks at the sign-in first, then at the topic, then at the token:
/// who is told that the token is bad has passed the rest.
/// </summary>
internal static class ApnsVerdict
{
    /// <summary>The line.</summary>
    /// <param name="app">The app.</param>
    /// <param name="outcome">What APNs answered.</param>
    /// <param name="skew">How far Apple's clock is ahead of ours, where it is known.</param>
    public static CheckLine Of(ApnsApp app, SendOutcome outcome, TimeSpan? skew)
    {
        var where = $"APNs {(app.Sandbox ? "sandbox" : "production")}";
        var identity = app.Identity is ApnsKeyFile key ? $"key {key.KeyId} of team {key.TeamId}" : "the certificate";
        CheckLine Line(CheckLevel level, string text, string? fix = null) => new(level, app.Name, $"{where}: {text}", fix);
        CheckLine Fail(string fix) => Line(CheckLevel.Fail, $"refused, {outcome.Reason}", fix);

        return outcome switch
        {
            SendOutcome.Accepted or SendOutcome.Unregistered or SendOutcome.Rejected { Reason: "BadDeviceToken" or "DeviceTokenNotForTopic" } =>
                Line(CheckLevel.Ok, $"{identity} may send to {app.BundleId}"),
            { Reason: "InvalidProviderToken" or "MissingProviderToken" } => Fail(
                "TeamId, KeyId and KeyPath do not belong together, or the key was revoked: compare them with Keys at developer.apple.com."),
            { Reason: "ExpiredProviderToken" } => Fail(
                $"this machine's clock is wrong{(skew is { } off ? $" by {Math.Abs(off.TotalMinutes):0} minutes" : "")}: set it by NTP."),
            { Reason: "TopicDisallowed" or "BadTopic" or "TopicMismatch" } => Fail(
                $"BundleId '{app.BundleId}' is not of this team, or not one that {identity} is for: compare it with Identifiers and Keys at developer.apple.com."),
            { Reason: "BadEnvironmentKeyIdInToken" or "BadEnvironmentKeyInToken" or "BadCertificateEnvironment" } => Fail(
                $"{identity} is not for the {(app.Sandbox ? "sandbox" : "production")} environment: set Environment to the other, or take another key."),
            { Reason: "BadCertificate" or "Forbidden" or "CertificateExpired" } => Fail(
                "the certificate has ended, was revoked or is of another kind: make a new one at developer.apple.com and put it in its place."),
            SendOutcome.Misconfigured => Fail("this app's credential or topic is wrong; docs/provider-answers.md explains the reason."),
            SendOutcome.Rejected => Line(CheckLevel.Warn, $"it knows {identity} and dislikes the probe ({outcome.Reason})"),
            SendOutcome.Throttled => Line(CheckLevel.Warn, $"too many requests just now ({outcome.Reason})", "try again in a few minutes."),
            SendOutcome.Unavailable => Line(CheckLevel.Warn, $"it cannot answer at the moment ({outcome.Reason})", "try again; developer.apple.com/system-status says more."),
            _ => Line(CheckLevel.Fail, $"no answer ({outcome.Reason})", NetworkFix.Of(outcome.Reason, "*.push.apple.com on 443", "Apns")),
        };
    }
}

/// <summary>What to do when there is no connection.</summary>
internal static class NetworkFix
{
    /// <summary>The line.</summary>
    /// <param name="reason">Why there is none.</param>
    /// <param name="hosts">Who must be reachable.</param>
    /// <param name="section">Whose options may help.</param>
    public static string Of(string? reason, string hosts, string section) => reason switch
    {
        "NameResolutionError" => $"DNS does not know the host: check the machine's resolver, or {section}:Endpoint.",
        "SecureConnectionError" => $"TLS is not trusted: a proxy in between, or {section}:TrustedCaPath is not of that endpoint.",
        _ => $"allow connections to {hosts}, or set {section}:Proxy{(section == "Apns" ? " or Apns:Port to 2197" : "")}.",
    };
}
