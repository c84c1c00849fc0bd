using System.Buffers;

namespace Dispatcher.Core.Pushes;

/// <summary>The shapes that device tokens can have. Providers decide what a token is; this only refuses what none can be.</summary>
public static class DeviceToken
{
    /// <summary>Shortest APNs token, in hex digits. Today's are 64, but Apple says not to assume a length.</summary>
    public const int MinApnsLength = 16;

    /// <summary>Longest APNs token, in hex digits. Live Activity tokens are longer than device tokens; nothing known comes near this.</summary>
    public const int MaxApnsLength = 1024;

    /// <summary>Longest FCM registration token, in characters. Today's have about 160.</summary>
    public const int MaxFcmLength = 4096;

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");

    private static readonly SearchValues<char> FcmCharacters =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_:.~%=+/");

    /// <summary>Says what is wrong with a token, or <see langword="null"/> when it may be one.</summary>
    /// <param name="provider">Whose token it is.</param>
    /// <param name="token">The token; the answer does not repeat it.</param>
    public static string? Problem(Provider provider, ReadOnlySpan<char> token) => provider switch
    {
        _ when token.IsEmpty => "must not be empty",
        Provider.Apns when token.ContainsAnyExcept(Hex) => "must be hexadecimal, as an APNs device token is",
        Provider.Apns when token.Length % 2 != 0 => "must have an even number of hex digits",
        Provider.Apns when token.Length is < MinApnsLength or > MaxApnsLength =>
            $"must have {MinApnsLength} to {MaxApnsLength} hex digits, not {token.Length}",
        Provider.Fcm when token.Length > MaxFcmLength => $"must have at most {MaxFcmLength} characters, not {token.Length}",
        Provider.Fcm when token.ContainsAnyExcept(FcmCharacters) => "has a character that no FCM registration token has",
        _ => null,
    };
}
