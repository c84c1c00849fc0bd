namespace Dispatcher.Client;

/// <summary>A message of a batch, with the key that it keeps however often it is sent.</summary>
/// <param name="message">The message.</param>
/// <param name="key">The client's key for it; the message may have one of its own.</param>
internal sealed class PendingMessage(PushMessage message, string? key)
{
    public PushMessage Message { get; } = message;

    public string? Key { get; } = key;

    /// <summary>The last result, which stands unless it is worth another attempt.</summary>
    public PushReceipt? Receipt { get; set; }

    public bool HasKey => Key is not null || Message.IdempotencyKey is not null;
}
