using System.Text.Json;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Sending;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>What an answer of FCM means. Sources: Firebase, FCM v1 <c>ErrorCode</c> and "Scale your FCM sends".</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="IsKnown">Whether its reason has a row here; otherwise the status has decided.</param>
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
    /// <param name="now">The instant of the answer.</param>
    public static FcmAnswer Read(in HttpAnswer answer, DateTimeOffset now)
    {
        if (answer.Status == 200)
            return new(new SendOutcome.Accepted(MessageName(answer.Body.Span)) { Status = 200 }, IsKnown: true);

        var error = FcmError.Parse(answer.Body);
        var outcome = error.Code is { } code ? ByCode(code, error) : ByStatusName(answer.Status, error);
        var wait = answer.RetryAfter(now) ?? error.RetryDelay;
        return new(
            (outcome ?? ByStatus(answer.Status)) with
            {
                Reason = ReasonWord.Of(answer.Status, error.Code ?? error.Status),
                Status = answer.Status,
                RetryAfter = wait ?? DocumentedWait(answer.Status),
            },
            IsKnown: outcome is not null);
    }

    private static SendOutcome? ByCode(string code, FcmError error) => code switch
    {
        "UNREGISTERED" => new SendOutcome.Unregistered(null),
        "SENDER_ID_MISMATCH" => new SendOutcome.Unregistered(null), // it belongs to another project, for good
        "INVALID_ARGUMENT" => InvalidArgument(error),
        "THIRD_PARTY_AUTH_ERROR" or "APNS_AUTH_ERROR" => new SendOutcome.Misconfigured(),
        "QUOTA_EXCEEDED" => Throttled(error),
        "INTERNAL" or "UNAVAILABLE" or "UNSPECIFIED_ERROR" => new SendOutcome.Unavailable(),
        _ => null,
    };

    private static SendOutcome? ByStatusName(int status, FcmError error) => (status, error.Status) switch
    {
        (400, "INVALID_ARGUMENT") => InvalidArgument(error),
        (401, FcmReasons.Unauthenticated) => new SendOutcome.NotSent(), // ours to renew; the push was not looked at
        (403, "PERMISSION_DENIED") or (404, "NOT_FOUND") => new SendOutcome.Misconfigured(),
        (429, "RESOURCE_EXHAUSTED") => Throttled(error),
        (500, "INTERNAL") or (503, "UNAVAILABLE") or (502 or 504, _) => new SendOutcome.Unavailable(),
        _ => null,
    };

    private static SendOutcome ByStatus(int status) => status switch
    {
        401 or 403 or 404 or 405 => new SendOutcome.Misconfigured(),
        429 => new SendOutcome.Throttled(ThrottleScope.App),
        >= 400 and < 500 => new SendOutcome.Rejected(),
        _ => new SendOutcome.Unavailable(),
    };

    // Any other invalid argument is a bug in the payload, and never a reason to forget a token.
    private static SendOutcome InvalidArgument(FcmError error) =>
        error.BlamesToken ? new SendOutcome.Unregistered(null) : new SendOutcome.Rejected();

    private static SendOutcome.Throttled Throttled(FcmError error) => new(error.BlamesDevice ? ThrottleScope.Token : ThrottleScope.App);

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
        catch (JsonException)
        {
            // Accepted all the same.
        }

        return null;
    }
}
