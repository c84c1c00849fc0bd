using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>A provider token, ready to be sent.</summary>
/// <param name="authorization">The <c>authorization</c> header.</param>
/// <param name="generation">Counts the tokens of one key.</param>
/// <param name="issuedAt">Its <c>iat</c>.</param>
internal sealed class ApnsToken(string authorization, int generation, DateTimeOffset issuedAt)
{
    public string Authorization => authorization;

    public int Generation => generation;

    public DateTimeOffset IssuedAt => issuedAt;
}

/// <summary>
/// The provider token of one key: one for the whole process, because Apple counts new tokens. Source: Apple, "Establishing a token-based
/// connection to APNs": no more than one in 20 minutes, at least one in 60.
/// </summary>
internal sealed class ApnsTokenSource(ECDsa key, string keyId, string teamId, TimeProvider time) : IDisposable
{
    /// <summary>The age at which a token is replaced.</summary>
    public static readonly TimeSpan RenewalAge = TimeSpan.FromMinutes(45);

    /// <summary>Apple's least distance between two tokens.</summary>
    public static readonly TimeSpan LeastDistance = TimeSpan.FromMinutes(20);

    private readonly Lock _lock = new();
    private readonly string _header = Encode($$"""{"alg":"ES256","kid":"{{keyId}}"}""");
    private volatile ApnsToken? _current;
    private DateTimeOffset? _lastForced;

    /// <summary>The token to send with.</summary>
    public ApnsToken Current
    {
        get
        {
            var now = time.GetUtcNow();
            if (_current is { } current && IsFresh(current, now))
                return current;
            lock (_lock)
                return _current is { } other && IsFresh(other, now) ? other : Mint_NeedsLock(now);
        }
    }

    /// <summary>How old the token is; <see langword="null"/> before the first push.</summary>
    public TimeSpan? Age => _current is { } current ? time.GetUtcNow() - current.IssuedAt : null;

    /// <summary>
    /// APNs called a token expired. Replaces it once for all the pushes that carried it, and not again soon: a new token that is expired
    /// as well means that the clock is wrong, and minting on would only bring <c>TooManyProviderTokenUpdates</c>.
    /// </summary>
    /// <param name="generation">The generation of the token that was refused.</param>
    /// <returns>Whether another token is there to try.</returns>
    public bool Replace(int generation)
    {
        lock (_lock)
        {
            if (_current is { } current && current.Generation > generation)
                return true;
            var now = time.GetUtcNow();
            if (_lastForced is { } last && now - last < LeastDistance)
                return false;
            _lastForced = now;
            Mint_NeedsLock(now);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();

    // An age below zero: the clock was set back.
    private static bool IsFresh(ApnsToken token, DateTimeOffset now) => (now - token.IssuedAt).Duration() < RenewalAge;

    private ApnsToken Mint_NeedsLock(DateTimeOffset now)
    {
        var seconds = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var unsigned = _header + "." + Encode($$"""{"iss":"{{teamId}}","iat":{{seconds}}}""");
        var signature = key.SignData(Encoding.ASCII.GetBytes(unsigned), HashAlgorithmName.SHA256); // r‖s, as JOSE wants it
        var token = new ApnsToken($"bearer {unsigned}.{Base64Url.EncodeToString(signature)}", (_current?.Generation ?? 0) + 1, now);
        _current = token;
        return token;
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
