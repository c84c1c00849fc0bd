namespace Dispatcher.Client;

/// <summary>How <see cref="DispatcherClient"/> works.</summary>
public sealed record DispatcherClientOptions
{
    /// <summary>Where the API is; without it, the <see cref="HttpClient.BaseAddress"/> of the client it is given.</summary>
    public Uri? Address { get; init; }

    /// <summary>The API key; without it, whatever <c>Authorization</c> the <see cref="HttpClient"/> sends.</summary>
    public string? Key { get; init; }

    /// <summary>How long a message is tried altogether. Default: one minute.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long one attempt may take. Default: 30 s; the API itself answers within about 10.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Attempts at most, the first included, 1 or more. Default: 10.</summary>
    public int MaxAttempts { get; init; } = 10;

    /// <summary>Of those, the ones that may end without a connection, 1 or more. Default: 10.</summary>
    public int MaxConnects { get; init; } = 10;

    /// <summary>
    /// Whether a message without an idempotency key is given one, so that it can be sent again although it may have been taken. Default:
    /// <see langword="true"/>; without keys, a message is not tried again after an attempt that was not answered.
    /// </summary>
    public bool IdempotencyKeys { get; init; } = true;

    /// <summary>Messages in one HTTP request of a batch, 1 to 1,000. Default: 500. HTTP/1.1 clients read results once all of them are sent.</summary>
    public int MessagesPerRequest { get; init; } = 500;

    /// <summary>HTTP requests of a batch at once, 1 to 64. Default: 2.</summary>
    public int ConcurrentRequests { get; init; } = 2;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

#pragma warning disable RS0030 // A library brings its own chance; tests replace it.
    /// <summary>0 to 1; spreads callers that were told to come back at the same moment.</summary>
    public Func<double> Chance { get; init; } = Random.Shared.NextDouble;
#pragma warning restore RS0030

    /// <summary>A key for a message that has none, if there are to be keys.</summary>
    internal string? NewKey(PushMessage message) =>
        IdempotencyKeys && message.IdempotencyKey is null ? Guid.CreateVersion7(Time.GetUtcNow()).ToString() : null;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Deadline, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(AttemptTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConnects, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MessagesPerRequest, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MessagesPerRequest, 1000);
        ArgumentOutOfRangeException.ThrowIfLessThan(ConcurrentRequests, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ConcurrentRequests, 64);
    }
}
