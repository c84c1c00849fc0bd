using System.Security.Cryptography;
using System.Text;

namespace Dispatcher.Core.Pushes;

/// <summary>What a target is addressed by.</summary>
public enum TargetKind
{
    /// <summary>A device token (APNs) or registration token (FCM).</summary>
    Token,

    /// <summary>A broadcast channel (APNs): everybody who follows it with a Live Activity.</summary>
    Channel,
}

/// <summary>
/// Whom a push is for, within an app. It never prints itself in clear: <see cref="ToString"/> is redacted, and records
/// that leave the system carry <see cref="Hash"/>.
/// </summary>
/// <param name="Kind">How it is addressed.</param>
/// <param name="Value">The token or channel, in clear. Never log it.</param>
public sealed record Target(TargetKind Kind, string Value)
{
    /// <summary>A stable name for the target that does not reveal it: the first 16 hex digits of the SHA-256 of its value.</summary>
    public string Hash
    {
        get
        {
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(Encoding.UTF8.GetBytes(Value), digest);
            return Convert.ToHexStringLower(digest[..8]);
        }
    }

    /// <summary>The last four characters behind an ellipsis; enough to tell two devices apart on a screen.</summary>
    public string Redacted => Value.Length > 8 ? $"…{Value[^4..]}" : "…";

    /// <summary>A device token.</summary>
    /// <param name="value">The token as the provider gave it to the app.</param>
    public static Target Token(string value) => new(TargetKind.Token, value);

    /// <summary>A broadcast channel.</summary>
    /// <param name="id">Its id, base64, as APNs gave it when the channel was made.</param>
    public static Target Channel(string id) => new(TargetKind.Channel, id);

    /// <summary>Says what is wrong with a target, or <see langword="null"/> when it may be one.</summary>
    /// <param name="provider">Whose target it is.</param>
    public string? Problem(Provider provider) => Kind switch
    {
        TargetKind.Channel when provider != Provider.Apns => "must be a token: only APNs has channels",
        TargetKind.Channel => ChannelId.Problem(Value),
        _ => DeviceToken.Problem(provider, Value),
    };

    /// <inheritdoc/>
    public override string ToString() => Redacted;
}
