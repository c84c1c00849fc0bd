namespace Dispatcher.Api.Access;

/// <summary>A configured API key.</summary>
/// <param name="hash">Its SHA-256.</param>
/// <param name="caller">Who has it.</param>
/// <param name="expiresAt">When it ends; <see langword="null"/> for never.</param>
/// <param name="time">The clock.</param>
internal sealed class ApiKey(byte[] hash, Caller caller, DateTimeOffset? expiresAt, TimeProvider time)
{
    private const long Never = long.MinValue;

    private long _lastUsed = Never;
    private int _complained;

    public ReadOnlySpan<byte> Hash => hash;

    public Caller Caller => caller;

    public DateTimeOffset? ExpiresAt => expiresAt;

    public bool HasExpired => expiresAt is { } end && time.GetUtcNow() >= end;

    /// <summary>How long ago the key was right; <see langword="null"/> for not since the start.</summary>
    public TimeSpan? Idle => Volatile.Read(ref _lastUsed) is var at && at == Never ? null : time.GetElapsedTime(at);

    /// <summary>Notes that the key was right.</summary>
    public void Use() => Volatile.Write(ref _lastUsed, time.GetTimestamp());

    /// <summary>Whether this is the first complaint about the key.</summary>
    public bool TryComplain() => Interlocked.Exchange(ref _complained, 1) == 0;

    /// <summary>Goes on where the same key of an earlier configuration was.</summary>
    /// <param name="earlier">The earlier one.</param>
    public void Continue(ApiKey earlier) => Volatile.Write(ref _lastUsed, Volatile.Read(ref earlier._lastUsed));
}
