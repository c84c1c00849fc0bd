using System.Security.Cryptography;
using System.Text;

namespace Dispatcher.Core.Pushes;

/// <summary>What a target is addressed by.</summary>
public enum TargetKind
{
    /// <summary>A device token (APNs) or registration token (FCM).</summary>
    Token,

    /// <summary>FCM: a Firebase installation id, which stands for one device like a token.</summary>
    Fid,

    /// <summary>FCM: every device that is subscribed to a topic.</summary>
    Topic,

    /// <summary>FCM: every device whose topics fulfil a condition.</summary>
    Condition,

    /// <summary>APNs: a broadcast channel, everybody who follows it with a Live Activity.</summary>
    Channel,
}

/// <summary>
/// Whom a push is for, within an app. It never prints itself in clear: <see cref="ToString"/> is redacted, and records that leave the
/// system carry <see cref="Hash"/>.
/// </summary>
/// <param name="Kind">How it is addressed.</param>
/// <param name="Value">The token, topic or whatever the kind says, in clear. Never log it.</param>
public sealed record Target(TargetKind Kind, string Value)
{
    private static readonly string[] Words = ["token", "fid", "topic", "condition", "channel"];

    /// <summary>The kind as requests and records name it: <c>token</c>, <c>fid</c>, <c>topic</c>, <c>condition</c>, <c>channel</c>.</summary>
    public string Word => WordOf(Kind);

    /// <summary>Whether it is one device. Only a device can be unregistered; a topic without subscribers is still a topic.</summary>
    public bool IsDevice => Kind is TargetKind.Token or TargetKind.Fid;

    /// <summary>
    /// A stable name for the target that does not reveal it: the first 16 hex digits of the SHA-256 of its value, which for anything but a
    /// token has the kind and a colon before it.
    /// </summary>
    public string Hash
    {
        get
        {
            var name = Kind == TargetKind.Token ? Value : $"{Word}:{Value}";
            var most = Encoding.UTF8.GetMaxByteCount(name.Length);
            Span<byte> utf8 = most <= 1024 ? stackalloc byte[most] : new byte[most];
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(name, utf8)], digest);
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

    /// <summary>A kind as requests and records name it.</summary>
    /// <param name="kind">The kind.</param>
    public static string WordOf(TargetKind kind) => Words[(int)kind];

    /// <summary>The kind that a word names; <see langword="null"/> when it names none.</summary>
    /// <param name="word">The word.</param>
    public static TargetKind? KindOf(string word) => Array.IndexOf(Words, word) is >= 0 and var kind ? (TargetKind)kind : null;

    /// <summary>Says what is wrong with the target, or <see langword="null"/> when it may be one. The answer does not repeat a token.</summary>
    /// <param name="provider">Whose target it is.</param>
    public string? Problem(Provider provider) => Kind switch
    {
        TargetKind.Token => DeviceToken.Problem(provider, Value),
        TargetKind.Channel when provider == Provider.Apns => ChannelId.Problem(Value),
        TargetKind.Channel => $"is not what {provider} addresses by; only APNs has channels",
        _ when provider != Provider.Fcm => $"is not what {provider} addresses by; only FCM has a {Word}",
        TargetKind.Fid => DeviceToken.Problem(provider, Value), // a token's place takes one too, so one rule for both
        TargetKind.Topic => TopicName.Problem(Value),
        _ => TopicCondition.Problem(Value),
    };

    /// <inheritdoc/>
    public override string ToString() => Redacted;
}
