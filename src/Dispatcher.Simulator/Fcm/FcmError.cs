namespace Dispatcher.Simulator.Fcm;

/// <summary>Why FCM refuses a message: an HTTP status and what goes into the google.rpc.Status envelope.</summary>
/// <param name="HttpStatus">The HTTP status.</param>
/// <param name="Status">The canonical gRPC code.</param>
/// <param name="Message">For people.</param>
/// <param name="ErrorCode">The <c>FcmError</c> detail; absent where the real one sends none.</param>
/// <param name="Details">What else the details hold.</param>
/// <param name="IsHtml">Answered by the front end, in HTML.</param>
internal sealed record FcmError(
    int HttpStatus, string Status, string Message, string? ErrorCode = null, FcmErrorDetail? Details = null, bool IsHtml = false)
{
    private const string InvalidArgumentStatus = "INVALID_ARGUMENT";

    public static readonly FcmError Unauthenticated = new(
        401, "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        Details: new FcmErrorDetail.ErrorInfo("ACCESS_TOKEN_EXPIRED"));

    public static readonly FcmError PermissionDenied = new(
        403, "PERMISSION_DENIED", "Permission 'cloudmessaging.messages.create' denied on resource (or it may not exist).",
        Details: new FcmErrorDetail.ErrorInfo("IAM_PERMISSION_DENIED"));

    public static readonly FcmError NotFound = new(404, "NOT_FOUND", "Requested entity was not found.");

    /// <summary>Said of oversize messages: without any detail.</summary>
    public static readonly FcmError TooBig = new(400, InvalidArgumentStatus, "Message too big");

    public static readonly FcmError InvalidToken = Violation(
        "message.token", "The registration token is not a valid FCM registration token", withCode: true);

    /// <summary>What ends up in the ledger.</summary>
    public string Reason => IsHtml ? "HTML" : ErrorCode ?? Status;

    /// <summary>The default wait of a throttled or unavailable answer, so that a scripted retry does not take a minute.</summary>
    public int? RetryAfterSeconds => HttpStatus is 429 or 503 ? 1 : null;

    /// <summary>A broken rule of FCM itself.</summary>
    public static FcmError Violation(string field, string description, bool withCode = false) => new(
        400, InvalidArgumentStatus, description, withCode ? InvalidArgumentStatus : null, new FcmErrorDetail.BadRequest(field, description));

    /// <summary>A rate that was exceeded.</summary>
    public static FcmError Quota(string subject, string description) => new(
        429, "RESOURCE_EXHAUSTED", "Quota exceeded.", "QUOTA_EXCEEDED", new FcmErrorDetail.QuotaFailure(subject, description));

    /// <summary>JSON that is no JSON.</summary>
    public static FcmError Malformed(string problem) => new(400, InvalidArgumentStatus, $"Invalid JSON payload received. {problem}");

    /// <summary>The row that a scripted token or a fault names. Codes beyond the table get the envelope that fits the status.</summary>
    public static FcmError At(int status, string? code) => (status, code) switch
    {
        (400, null or "INVALID_ARGUMENT") => InvalidToken,
        (401, null or "UNAUTHENTICATED") => Unauthenticated,
        (401, "THIRD_PARTY_AUTH_ERROR" or "APNS_AUTH_ERROR") =>
            new(401, "UNAUTHENTICATED", "Auth error from APNS or Web Push Service", code, new FcmErrorDetail.ApnsError(403, "InvalidProviderToken")),
        (403, "SENDER_ID_MISMATCH") => new(403, "PERMISSION_DENIED", "SenderId mismatch", code),
        (403, null or "PERMISSION_DENIED") => PermissionDenied,
        (404, "NOT_FOUND") => NotFound,
        (404, null or "UNREGISTERED") => NotFound with { ErrorCode = "UNREGISTERED" },
        (429, null or "QUOTA_EXCEEDED") => Quota("project:demo-shop", "messages per minute"),
        (500, null or "INTERNAL") => new(500, "INTERNAL", "Internal error encountered.", "INTERNAL"),
        (500, "UNSPECIFIED_ERROR") => new(500, "UNKNOWN", "Unknown error.", code),
        (502 or 504, null) or (_, "HTML") => new(status, "", "", IsHtml: true),
        (503, null or "UNAVAILABLE") => new(503, "UNAVAILABLE", "The service is currently unavailable.", "UNAVAILABLE"),
        _ => new(status, StatusName(status), "Scripted error.", code),
    };

    private static string StatusName(int status) => status switch
    {
        400 => InvalidArgumentStatus,
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        409 => "ABORTED",
        429 => "RESOURCE_EXHAUSTED",
        500 => "INTERNAL",
        503 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        _ => "UNKNOWN",
    };
}
