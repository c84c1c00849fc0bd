using System.Text.Json;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>What an answer of APNs means.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Reason">The row of its reason; <see langword="null"/> where it has none and the status has decided.</param>
internal readonly record struct ApnsAnswer(SendOutcome Outcome, ApnsReason? Reason)
{
    /// <summary>Reads an answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="app">Whose push or channel it is about.</param>
    /// <param name="push">The push; <see langword="null"/> in the management of channels.</param>
    /// <param name="now">The instant of the answer.</param>
    public static ApnsAnswer Read(in HttpAnswer answer, ApnsApp app, PushNotification? push, DateTimeOffset now)
    {
        if (answer.Status is >= 200 and < 300)
        {
            var id = answer.Fields.ApnsUniqueId ?? answer.Fields.ApnsId ?? answer.Fields.ApnsRequestId;
            return new(new SendOutcome.Accepted(id) { Status = answer.Status }, Reason: null);
        }

        var (text, since) = Parse(answer.Body.Span);
        var word = ReasonWord.Of(answer.Status, text);
        var reason = ApnsReasons.Find(word);
        var outcome = reason is null ? ByStatus(answer.Status, push, since) : ByReason(reason, push, since);
        return new(
            outcome with
            {
                Reason = word,
                Status = answer.Status,
                RetryAfter = answer.Fields.RetryAfterFrom(now),
                Detail = LikelyCause(word, app, push),
            },
            reason);
    }

    // By reason before status: ExpiredToken was documented under 400 and is sent with 410.
    private static SendOutcome ByReason(ApnsReason reason, PushNotification? push, DateTimeOffset? since) => reason.Meaning switch
    {
        ApnsMeaning.Rejected => new SendOutcome.Rejected(),
        ApnsMeaning.Unregistered => new SendOutcome.Unregistered(since),
        ApnsMeaning.Misconfigured => new SendOutcome.Misconfigured(),
        // A topic that the push asked for must not stop the whole app.
        ApnsMeaning.TopicRefused =>
            push?.Apns is null or { Topic: null, PushType: null } ? new SendOutcome.Misconfigured() : new SendOutcome.Rejected(),
        ApnsMeaning.NotSent => new SendOutcome.NotSent(),
        ApnsMeaning.Unavailable => new SendOutcome.Unavailable(),
        ApnsMeaning.DeviceThrottled => new SendOutcome.Throttled(ThrottleScope.Token),
        ApnsMeaning.AppThrottled => new SendOutcome.Throttled(ThrottleScope.App),
        _ => throw new InvalidOperationException($"No such meaning: {reason.Meaning}."),
    };

    private static SendOutcome ByStatus(int status, PushNotification? push, DateTimeOffset? since) => status switch
    {
        410 when push is { Target.Kind: TargetKind.Token } => new SendOutcome.Unregistered(since),
        429 => new SendOutcome.Throttled(ThrottleScope.Token),
        403 => new SendOutcome.Misconfigured(),
        // Without one of APNs' reasons, something else answers at that address.
        404 or 405 => new SendOutcome.Misconfigured(),
        >= 400 and < 500 => new SendOutcome.Rejected(),
        _ => new SendOutcome.Unavailable(),
    };

    private static string? LikelyCause(string reason, ApnsApp app, PushNotification? push)
    {
        var (ours, other) = app.Sandbox ? ("sandbox", "production") : ("production", "sandbox");
        return reason switch
        {
            "BadDeviceToken" => $"no token of the {ours} environment, which app '{app.Name}' is configured for; tokens of the other belong to an app with Environment {other}",
            "DeviceTokenNotForTopic" => $"the token belongs to another app than the topic '{Topic(app, push)}'",
            "BadTopic" or "TopicDisallowed" or "TopicMismatch" => $"the key or certificate of app '{app.Name}' may not send to the topic '{Topic(app, push)}'",
            "BadEnvironmentKeyIdInToken" or "BadEnvironmentKeyInToken" or "BadCertificateEnvironment" =>
                $"the key or certificate of app '{app.Name}' is not for the {ours} environment",
            "ChannelNotRegistered" => $"no channel of '{app.BundleId}' in the {ours} environment; the other one has channels of its own",
            "FeatureNotEnabled" or "BroadcastFeatureNotEnabled" => $"broadcasts are not switched on for '{app.BundleId}' at Apple",
            _ => null,
        };
    }

    private static string Topic(ApnsApp app, PushNotification? push) => push is null
        ? app.BundleId
        : push.Apns?.Topic ?? app.BundleId + ApnsPushType.Of(push, app.BundleId).TopicSuffix;

    private static (string? Reason, DateTimeOffset? Since) Parse(ReadOnlySpan<byte> body)
    {
        string? reason = null;
        DateTimeOffset? since = null;
        try
        {
            var reader = new Utf8JsonReader(body);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                    continue;
                var isReason = reader.ValueTextEquals("reason"u8);
                var isTimestamp = reader.ValueTextEquals("timestamp"u8);
                reader.Read();
                if (isReason && reader.TokenType == JsonTokenType.String)
                    reason = reader.GetString();
                else if (isTimestamp && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var milliseconds))
                    since = FromUnixMilliseconds(milliseconds);
                else
                    reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not APNs' JSON (the second: a string that is not valid Unicode): the status decides.
        }

        return (reason, since);
    }

    private static DateTimeOffset? FromUnixMilliseconds(long milliseconds) =>
        milliseconds is > 0 and < 253_402_300_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null; // the year 10000
}
