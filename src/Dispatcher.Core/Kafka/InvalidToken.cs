using System.Text.Json;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Kafka;

/// <summary>
/// A token that its provider declared dead: a record of the tokens topic, keyed by <c>app:token</c> so that compaction keeps the newest.
/// This is the one record that carries a token in clear, because services prune their own tables by it.
/// </summary>
/// <param name="App">The app.</param>
/// <param name="Token">The token, or the installation id.</param>
/// <param name="Reason">The provider's reason.</param>
/// <param name="Since">When the provider found out, where it says so. A token registered after it is alive: do not delete it.</param>
/// <param name="SentAt">When we sent the push that was answered so. Without <paramref name="Since"/>, compare with this.</param>
/// <param name="PushId">That push.</param>
public sealed record InvalidToken(string App, string Token, string Reason, DateTimeOffset? Since, DateTimeOffset SentAt, Guid PushId)
{
    /// <summary>What the token is: a device token, or (FCM) an installation id.</summary>
    public TargetKind Kind { get; init; }

    /// <summary>The record's key.</summary>
    public string Key => $"{App}:{Token}";

    /// <summary>The record's value.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, RecordJson.Default.InvalidToken);

    /// <summary>Reads a record's value.</summary>
    /// <param name="utf8">The value.</param>
    /// <exception cref="JsonException">It is not such a record.</exception>
    public static InvalidToken Read(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize(utf8, RecordJson.Default.InvalidToken) ?? throw new JsonException("null is not an invalid token.");

    /// <summary>Redacted: logs print records.</summary>
    public override string ToString() => $"InvalidToken {{ App = {App}, Reason = {Reason}, PushId = {PushId} }}";
}
