using Dispatcher.Core.Sending;
using Google.Apis.Auth.OAuth2.Responses;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>An access token, ready to be sent.</summary>
/// <param name="authorization">The <c>authorization</c> header.</param>
/// <param name="generation">Counts the tokens of one credential.</param>
/// <param name="fetchedAt">When it was asked for.</param>
/// <param name="renewAt">From when on another one is fetched.</param>
/// <param name="expiresAt">Until when it is served.</param>
internal sealed class FcmToken(string authorization, int generation, DateTimeOffset fetchedAt, DateTimeOffset renewAt, DateTimeOffset expiresAt)
{
    public string Authorization => authorization;

    public int Generation => generation;

    public DateTimeOffset FetchedAt => fetchedAt;

    public DateTimeOffset RenewAt => renewAt;

    public DateTimeOffset ExpiresAt => expiresAt;
}

/// <summary>
/// The access token of one credential. It is renewed in the background once 80 % of its life has passed, by one request at a time, and the
/// old one is served until it ends.
/// </summary>
internal sealed partial class FcmTokenSource(
    Func<CancellationToken, Task<TokenResponse>> fetchAsync, TimeProvider time, ILogger logger, string appName)
{
    /// <summary>How long the token endpoint may take.</summary>
    public static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(30);

    private const double RenewedAfter = 0.8;

    /// <summary>A token that was good for that long and is refused then was revoked; one that is refused at once never was any good.</summary>
    private static readonly TimeSpan Trial = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private volatile FcmToken? _current;
    private Task<SendOutcome?>? _renewal;
    private SendOutcome? _failure;
    private TimeSpan _pause;
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;
    private int _generation;
    private int _forcedGeneration;

    /// <summary>How long ago the current token was asked for; <see langword="null"/> while there is none.</summary>
    public TimeSpan? Age => _current is { } current ? time.GetUtcNow() - current.FetchedAt : null;

    /// <summary>Until when the current token is served; <see langword="null"/> while there is none.</summary>
    public DateTimeOffset? Ends => _current?.ExpiresAt;

    /// <summary>Why the last request for a token failed, in a word; <see langword="null"/> when it did not.</summary>
    public string? LastFailure
    {
        get
        {
            lock (_lock)
                return _failure?.Reason;
        }
    }

    /// <summary>The token to send with, or the outcome of not having one.</summary>
    public ValueTask<(FcmToken? Token, SendOutcome? Failure)> GetAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_current is not { } current || now >= current.ExpiresAt)
            return WaitAsync(Renew(now), cancellationToken);
        if (now >= current.RenewAt)
            _ = Renew(now);
        return new((current, null));
    }

    /// <summary>
    /// FCM called a token unauthenticated. Drops it once for all the pushes that carried it; a token that was fetched because of that
    /// and is refused at once as well means that something else is wrong.
    /// </summary>
    /// <param name="generation">The generation of the token that was refused.</param>
    /// <returns>Whether it is worth trying with another token.</returns>
    public bool Replace(int generation)
    {
        lock (_lock)
        {
            if (_current is null || _current.Generation > generation)
                return true;
            if (generation == _forcedGeneration && time.GetUtcNow() - _current.FetchedAt < Trial)
                return false;
            _forcedGeneration = generation + 1;
            _current = null;
            return true;
        }
    }

    private async ValueTask<(FcmToken? Token, SendOutcome? Failure)> WaitAsync(
        Task<SendOutcome?> renewal, CancellationToken cancellationToken)
    {
        try
        {
            var failure = await renewal.WaitAsync(cancellationToken);
            return _current is { } token ? (token, null) : (null, failure ?? Unavailable("NoAccessToken"));
        }
        catch (OperationCanceledException)
        {
            return (null, Unavailable("NoAccessToken"));
        }
    }

    // Single flight: whoever comes while a request is under way waits for that one.
    private Task<SendOutcome?> Renew(DateTimeOffset now)
    {
        TaskCompletionSource<SendOutcome?> renewal;
        lock (_lock)
        {
            if (_renewal is { IsCompleted: false })
                return _renewal;
            if (now < _notBefore)
                return Task.FromResult(_failure);
            renewal = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _renewal = renewal.Task;
        }

        _ = FetchAsync(renewal);
        return renewal.Task;
    }

    private async Task FetchAsync(TaskCompletionSource<SendOutcome?> renewal)
    {
        SendOutcome? failure = null;
        try
        {
            using var deadline = new CancellationTokenSource(FetchTimeout, time);
            var asked = time.GetUtcNow();
            var response = await fetchAsync(deadline.Token);
            var life = TimeSpan.FromSeconds(response.ExpiresInSeconds ?? 3600);
            lock (_lock)
            {
                _current = new FcmToken("Bearer " + response.AccessToken, ++_generation, asked, asked + (life * RenewedAfter), asked + life);
                _pause = TimeSpan.Zero;
                _failure = null;
            }
        }
        catch (Exception e) // nothing may escape: pushes wait for this
        {
            failure = Failure(e);
            lock (_lock)
            {
                _failure = failure;
                _pause = _pause == TimeSpan.Zero ? TimeSpan.FromSeconds(1) : TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, LongestPause.Ticks));
                _notBefore = time.GetUtcNow() + _pause;
            }

            var detail = (e as TokenResponseException)?.Error?.ErrorDescription ?? (e as HttpRequestException)?.Message ?? e.GetType().Name;
            Log.NoToken(logger, appName, failure.Reason!, _pause, detail);
        }
        finally
        {
            renewal.SetResult(failure);
        }
    }

    // A refusal of our credential is ours to repair; everything else passes.
    private static SendOutcome Failure(Exception e) => e switch
    {
        TokenResponseException { StatusCode: { } status, Error.Error: { Length: > 0 } error }
            when (int)status is >= 400 and < 500 and not (408 or 429) =>
            new SendOutcome.Misconfigured { Reason = ReasonWord.Of((int)status, error) },
        _ => Unavailable("TokenEndpointUnavailable"),
    };

    private static SendOutcome.NotSent Unavailable(string reason) => new() { Reason = reason };

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning,
            Message = "No access token for app {App}: {Reason} ({Detail}). The next request is made after {Pause}")]
        public static partial void NoToken(ILogger logger, string app, string reason, TimeSpan pause, string detail);
    }
}
