using System.Text.Json;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Sending;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>What an answer of APNs means. Source: Apple, "Handling notification responses from APNs".</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="IsKnown">Whether its reason has a row here; otherwise the status has decided.</param>
internal readonly record struct ApnsAnswer(SendOutcome Outcome, bool IsKnown)
{
    /// <summary>Reads an answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="topicIsOurs">
    /// Whether the topic is the app's plain bundle id. If it is, its refusal is our configuration's fault; a topic that the push asked
    /// for must not stop the whole app.
    /// </param>
    /// <param name="now">The instant of the answer.</param>
    public static ApnsAnswer Read(in HttpAnswer answer, bool topicIsOurs, DateTimeOffset now)
    {
        if (answer.Status == 200)
        {
            var id = answer.Header("apns-unique-id") ?? answer.Header("apns-id");
            return new(new SendOutcome.Accepted(id) { Status = 200 }, IsKnown: true);
        }

        var (text, since) = Parse(answer.Body.Span);
        var reason = ReasonWord.Of(answer.Status, text);
        var outcome = ByReason(reason, topicIsOurs, since);
        return new(
            (outcome ?? ByStatus(answer.Status, since)) with
            {
                Reason = reason,
                Status = answer.Status,
                RetryAfter = answer.RetryAfter(now),
            },
            IsKnown: outcome is not null);
    }

    // By reason before status: ExpiredToken was documented under 400 and is sent with 410.
    private static SendOutcome? ByReason(string reason, bool topicIsOurs, DateTimeOffset? since) => reason switch
    {
        "Unregistered" or "ExpiredToken" => new SendOutcome.Unregistered(since),

        // Not "unregistered": one wrong environment setting would forget every token.
        "BadDeviceToken" or "DeviceTokenNotForTopic" => new SendOutcome.Rejected(),

        "BadCollapseId" or "BadExpirationDate" or "BadMessageId" or "BadPriority" or "DuplicateHeaders" or "InvalidPushType"
            or "MissingDeviceToken" or "MissingTopic" or "PayloadEmpty" or "PayloadTooLarge" or "BadPath" or "MethodNotAllowed" =>
            new SendOutcome.Rejected(),

        "BadTopic" or "TopicDisallowed" => topicIsOurs ? new SendOutcome.Misconfigured() : new SendOutcome.Rejected(),

        // Apple documents BadEnvironmentKeyIdInToken; servers were seen to say BadEnvironmentKeyInToken.
        "BadCertificate" or "BadCertificateEnvironment" or "Forbidden" or "InvalidProviderToken" or "MissingProviderToken"
            or "BadEnvironmentKeyIdInToken" or "BadEnvironmentKeyInToken" => new SendOutcome.Misconfigured(),

        // Not processed, and nothing is wrong with the push: another connection will do, for the first with a new token.
        ApnsReasons.ExpiredProviderToken or ApnsReasons.IdleTimeout => new SendOutcome.NotSent(),

        "TooManyRequests" => new SendOutcome.Throttled(ThrottleScope.Token),
        "TooManyProviderTokenUpdates" => new SendOutcome.Throttled(ThrottleScope.App),
        "InternalServerError" or "ServiceUnavailable" or ApnsReasons.Shutdown or ApnsReasons.UnrelatedKeyIdInToken =>
            new SendOutcome.Unavailable(),
        _ => null,
    };

    private static SendOutcome ByStatus(int status, DateTimeOffset? since) => status switch
    {
        410 => new SendOutcome.Unregistered(since),
        429 => new SendOutcome.Throttled(ThrottleScope.Token),
        403 => new SendOutcome.Misconfigured(),
        // Without one of APNs' reasons, something else answers at that address.
        404 or 405 => new SendOutcome.Misconfigured(),
        >= 400 and < 500 => new SendOutcome.Rejected(),
        _ => new SendOutcome.Unavailable(),
    };

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
        catch (JsonException)
        {
            // Not APNs' JSON: the status decides.
        }

        return (reason, since);
    }

    private static DateTimeOffset? FromUnixMilliseconds(long milliseconds) =>
        milliseconds is > 0 and < 253_402_300_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null; // the year 10000
}
