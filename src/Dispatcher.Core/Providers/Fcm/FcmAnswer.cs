using System.Text.Json;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>What an answer of FCM means. Sources: Firebase, FCM v1 <c>ErrorCode</c> and "Scale your FCM sends".</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="IsKnown">Whether its reason has a row in <see cref="FcmReasons"/>; otherwise the status has decided.</param>
internal readonly record struct FcmAnswer(SendOutcome Outcome, bool IsKnown)
{
    /// <summary>After 429 without <c>Retry-After</c>.</summary>
    private static readonly TimeSpan QuotaWait = TimeSpan.FromSeconds(60);

    /// <summary>The first retry after a 5xx, at the earliest.</summary>
    private static readonly TimeSpan ServerErrorWait = TimeSpan.FromSeconds(10);

    /// <summary>The front end's own error page says "try again in 30 seconds".</summary>
    private static readonly TimeSpan FrontEndWait = TimeSpan.FromSeconds(30);

    /// <summary>Reads an answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="target">Whom the push was for: only a device can be unregistered.</param>
    /// <param name="now">The instant of the answer.</param>
    public static FcmAnswer Read(in HttpAnswer answer, Target target, DateTimeOffset now)
    {
        if (answer.Status == 200)
            return new(new SendOutcome.Accepted(MessageName(answer.Body.Span)) { Status = 200 }, IsKnown: true);

        var error = FcmError.Parse(answer.Body);
        var meaning = FcmReasons.Find(answer.Status, error);
        var wait = answer.Fields.RetryAfterFrom(now) ?? error.RetryDelay;
        return new(
            OutcomeOf(meaning ?? ByStatus(answer.Status), error, target) with
            {
                Reason = ReasonWord.Of(answer.Status, error.Code ?? error.Status),
                Detail = error.Detail,
                Status = answer.Status,
                RetryAfter = wait ?? DocumentedWait(answer.Status),
            },
            IsKnown: meaning is not null);
    }

    private static SendOutcome OutcomeOf(FcmMeaning meaning, FcmError error, Target target) => meaning switch
    {
        FcmMeaning.DeviceGone when target.IsDevice => new SendOutcome.Unregistered(null),
        // Any other invalid argument is a bug in the payload, and never a reason to forget a token.
        FcmMeaning.Argument when target.IsDevice && error.BlamesToken => new SendOutcome.Unregistered(null),
        FcmMeaning.DeviceGone or FcmMeaning.Argument => new SendOutcome.Rejected(),
        FcmMeaning.TokenRefused => new SendOutcome.NotSent(), // ours to renew
        FcmMeaning.Misconfigured => new SendOutcome.Misconfigured(),
        FcmMeaning.Quota => new SendOutcome.Throttled(error.Quota == FcmQuota.Project ? ThrottleScope.App : ThrottleScope.Token),
        _ => new SendOutcome.Unavailable(),
    };

    private static FcmMeaning ByStatus(int status) => status switch
    {
        401 or 403 or 404 or 405 => FcmMeaning.Misconfigured,
        429 => FcmMeaning.Quota,
        >= 400 and < 500 => FcmMeaning.Argument,
        _ => FcmMeaning.Unavailable,
    };

    private static TimeSpan? DocumentedWait(int status) => status switch
    {
        429 => QuotaWait,
        502 or 504 => FrontEndWait,
        >= 500 => ServerErrorWait,
        _ => null,
    };

    private static string? MessageName(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals("name"u8))
                    return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Accepted all the same; the second is how the reader reports text that is not valid Unicode.
        }

        return null;
    }
}
