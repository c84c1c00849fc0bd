using System.Collections.Frozen;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>What a reason says about the push, the app or FCM.</summary>
internal enum FcmMeaning
{
    /// <summary>The device is not there any more, or belongs to another project.</summary>
    DeviceGone,

    /// <summary>Something is wrong with the message: its token, or anything else.</summary>
    Argument,

    /// <summary>Our access token is refused; the push was not looked at.</summary>
    TokenRefused,

    /// <summary>The service account, the project, or what the project has of Apple's keys is wrong.</summary>
    Misconfigured,

    /// <summary>Too fast for one device, one topic, or the project.</summary>
    Quota,

    /// <summary>FCM cannot at the moment.</summary>
    Unavailable,
}

/// <summary>One reason that FCM gives.</summary>
/// <param name="Status">The HTTP status that it comes with.</param>
/// <param name="Name">The word: <c>errorCode</c> of the <c>FcmError</c> detail, or <c>error.status</c> where there is none.</param>
/// <param name="Meaning">What it says.</param>
internal sealed record FcmReason(int Status, string Name, FcmMeaning Meaning);

/// <summary>
/// Every reason that FCM documents; docs/provider-answers.md has the same rows. Source: Firebase, FCM v1 <c>ErrorCode</c>.
/// </summary>
internal static class FcmReasons
{
    public const string Unauthenticated = "UNAUTHENTICATED";

    /// <summary>The rows.</summary>
    public static readonly IReadOnlyList<FcmReason> All =
    [
        new(404, "UNREGISTERED", FcmMeaning.DeviceGone),
        new(403, "SENDER_ID_MISMATCH", FcmMeaning.DeviceGone), // it belongs to another project, for good
        new(400, "INVALID_ARGUMENT", FcmMeaning.Argument),
        new(401, "THIRD_PARTY_AUTH_ERROR", FcmMeaning.Misconfigured),
        new(401, "APNS_AUTH_ERROR", FcmMeaning.Misconfigured), // the former name of that
        new(401, Unauthenticated, FcmMeaning.TokenRefused),
        new(403, "PERMISSION_DENIED", FcmMeaning.Misconfigured),
        new(404, "NOT_FOUND", FcmMeaning.Misconfigured),
        new(429, "QUOTA_EXCEEDED", FcmMeaning.Quota),
        new(429, "RESOURCE_EXHAUSTED", FcmMeaning.Quota),
        new(500, "INTERNAL", FcmMeaning.Unavailable),
        new(500, "UNSPECIFIED_ERROR", FcmMeaning.Unavailable),
        new(503, "UNAVAILABLE", FcmMeaning.Unavailable),
    ];

    private static readonly FrozenDictionary<string, FcmReason> ByName = All.ToFrozenDictionary(reason => reason.Name, StringComparer.Ordinal);

    /// <summary>
    /// What an answer says; <see langword="null"/> where its reason has no row. A code of FCM's decides whatever its status is; the name of
    /// a status, which everything of Google's has, decides only together with that status.
    /// </summary>
    public static FcmMeaning? Find(int status, FcmError error)
    {
        if ((error.Code ?? error.Status) is { } name && ByName.GetValueOrDefault(name) is { } reason && (error.Code is not null || reason.Status == status))
            return reason.Meaning;
        return error.Code is null && status is 502 or 504 ? FcmMeaning.Unavailable : null; // a page of the front end
    }
}
