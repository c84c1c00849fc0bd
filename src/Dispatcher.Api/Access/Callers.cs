using Dispatcher.Api.Access.Tokens;
using Dispatcher.Api.Pushes;

namespace Dispatcher.Api.Access;

/// <summary>Everybody who may call, by API key or by token. All of it is replaced at once.</summary>
internal sealed partial class Callers : IDisposable
{
    private static readonly Problem Unknown = AccessProblems.InvalidToken("No such key is configured.");
    private static readonly Problem Expired = AccessProblems.InvalidToken("The key has expired.");

    private readonly ILogger _logger;
    private volatile Ring _ring;

    /// <param name="keys">The API keys.</param>
    /// <param name="tokens">Checks tokens; <see langword="null"/> where none are configured.</param>
    /// <param name="logger">Says when a key is used that has expired.</param>
    public Callers(ApiKeys keys, JwtVerifier? tokens, ILogger<Callers> logger)
    {
        _ring = new Ring(keys, tokens);
        _logger = logger;
    }

    public ApiKeys Keys => _ring.Keys;

    public JwtVerifier? Tokens => _ring.Tokens;

    /// <summary>Finds the caller behind a header. For keys, and tokens whose signer is known, the answer is there at once.</summary>
    /// <param name="authorization">The header <c>Authorization</c>.</param>
    public ValueTask<CallerAnswer> FindAsync(string? authorization)
    {
        var text = Bearer.Read(authorization);
        if (text.IsEmpty)
            return new(CallerAnswer.Refused(AccessProblems.Unauthorized, "none"));
        var ring = _ring;
        if (ring.Keys.TryFind(text, out var key))
            return new(Answer(key));
        return ring.Tokens is not null && JwtVerifier.LooksLikeOne(text)
            ? ring.Tokens.VerifyAsync(text.ToString())
            : new(CallerAnswer.Refused(Unknown, "unknown_key"));
    }

    /// <summary>Puts other keys and tokens in force.</summary>
    /// <param name="keys">The API keys.</param>
    /// <param name="tokens">Checks tokens.</param>
    public void Replace(ApiKeys keys, JwtVerifier? tokens)
    {
        var old = _ring;
        keys.Continue(old.Keys);
        _ring = new Ring(keys, tokens);
        if (old.Tokens != tokens)
            old.Tokens?.Dispose();
    }

    public void Dispose() => _ring.Tokens?.Dispose();

    private CallerAnswer Answer(ApiKey key)
    {
        if (!key.HasExpired)
        {
            key.Use();
            return new CallerAnswer(key.Caller);
        }

        if (key.TryComplain())
            Log.Expired(_logger, key.Caller.KeyName, key.Caller.Tenant, key.ExpiresAt!.Value);
        return CallerAnswer.Refused(Expired, "expired_key");
    }

    private sealed record Ring(ApiKeys Keys, JwtVerifier? Tokens);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "API key {Key} of tenant {Tenant} is still used, and has expired at {ExpiresAt:u}")]
        public static partial void Expired(ILogger logger, string key, string tenant, DateTimeOffset expiresAt);
    }
}
