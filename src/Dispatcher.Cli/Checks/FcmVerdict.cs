using Dispatcher.Core.Apps;
using Dispatcher.Core.Sending;

namespace Dispatcher.Cli.Checks;

/// <summary>What an answer of FCM to a message that it was only to check says about an app.</summary>
internal static class FcmVerdict
{
    /// <summary>The line.</summary>
    /// <param name="app">The app.</param>
    /// <param name="outcome">What FCM, or Google's token endpoint, answered.</param>
    public static CheckLine Of(FcmApp app, SendOutcome outcome)
    {
        var project = app.ProjectId is { } id ? $"project {id}" : "the credentials' project";
        var file = app.CredentialsPath is { } path ? Path.GetFileName(path) : "the machine's default credentials";
        CheckLine Line(CheckLevel level, string text, string? fix = null) => new(level, app.Name, $"FCM: {text}", fix);
        CheckLine Fail(string fix) => Line(CheckLevel.Fail, $"refused, {outcome.Reason}", fix);

        return outcome switch
        {
            SendOutcome.Accepted => Line(CheckLevel.Ok, $"{file} may send to {project}"),
            { Reason: "PERMISSION_DENIED" or "SENDER_ID_MISMATCH" } => Fail(
                $"the account of {file} may not send to {project}: give it the role Firebase Cloud Messaging API Admin, and switch that API on for the project."),
            { Reason: "NOT_FOUND", Status: 404 } => Fail($"{project} does not exist, or has no Firebase: check ProjectId."),
            { Reason: "invalid_grant" or "invalid_client" or "unauthorized_client" } => Fail(
                $"Google does not take {file}: its key was deleted, its account is gone, or this machine's clock is wrong. Make a new key, check NTP."),
            { Reason: "UNAUTHENTICATED" } => Fail($"FCM does not take the access token of {file}: check the account, and this machine's clock."),
            { Reason: "THIRD_PARTY_AUTH_ERROR" or "APNS_AUTH_ERROR" } => Line(
                CheckLevel.Warn, $"{file} may send, and the project's own APNs key is refused", "upload a valid APNs key under Cloud Messaging in the Firebase console."),
            SendOutcome.Misconfigured => Fail("this app's credentials or project are wrong; docs/provider-answers.md explains the reason."),
            SendOutcome.Rejected or SendOutcome.Unregistered => Line(CheckLevel.Warn, $"it knows {file} and dislikes the probe ({outcome.Reason})"),
            SendOutcome.Throttled => Line(CheckLevel.Warn, $"the quota is used up just now ({outcome.Reason})", "try again in a minute."),
            SendOutcome.Unavailable => Line(CheckLevel.Warn, $"it cannot answer at the moment ({outcome.Reason})", "try again; status.firebase.google.com says more."),
            { Reason: "TokenEndpointUnavailable" or "NoAccessToken" } => Line(
                CheckLevel.Fail, "Google's token endpoint does not answer", "allow connections to oauth2.googleapis.com on 443, or set Fcm:Proxy."),
            _ => Line(CheckLevel.Fail, $"no answer ({outcome.Reason})", NetworkFix.Of(outcome.Reason, "fcm.googleapis.com on 443", "Fcm")),
        };
    }
}
