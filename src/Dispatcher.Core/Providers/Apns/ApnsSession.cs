using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Providers.Connections.Http2;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>One app at one endpoint: its credential and its connections, which it may share with others, and what their answers mean for them.</summary>
internal sealed partial class ApnsSession(
    ApnsApp app,
    ApnsCredential credential,
    ConnectionPool pool,
    ClockSkew clock,
    UnknownReasons unknownReasons,
    TimeSpan serverErrorDelay,
    TimeProvider time,
    ILogger logger)
{
    private int _endIsLogged;

    /// <summary>The provider token to send with; none where connections show a certificate.</summary>
    public ApnsToken? Token => credential.Tokens?.Current;

    /// <summary>The outcome of every request once the app's certificate has ended: APNs would only close the connection.</summary>
    public SendOutcome? Refusal
    {
        get
        {
            if (credential.Certificate is not { } certificate || time.GetUtcNow() < certificate.ExpiresAt)
                return null;
            if (Interlocked.Exchange(ref _endIsLogged, 1) == 0)
                Log.CertificateEnded(logger, app.Name, certificate.ExpiresAt);
            return new SendOutcome.Misconfigured { Reason = ApnsReasons.CertificateExpired };
        }
    }

    /// <summary>Sends a request.</summary>
    public ValueTask<Reply> SendAsync(Http2Request request, CancellationToken cancellationToken) => pool.SendAsync(request, cancellationToken);

    /// <summary>Reads an answer and does what it asks for: another connection, another token.</summary>
    /// <param name="reply">The answer.</param>
    /// <param name="token">The token that the request had.</param>
    /// <param name="push">The push; <see langword="null"/> in the management of channels.</param>
    public SendOutcome Conclude(in Reply reply, ApnsToken? token, PushNotification? push)
    {
        clock.Saw(reply.Answer);
        var (outcome, reason) = ApnsAnswer.Read(reply.Answer, app, push, time.GetUtcNow());
        if (outcome is SendOutcome.Accepted)
            return outcome;
        if (reason is null)
            unknownReasons.Saw(reply.Answer.Status, outcome.Reason!);
        if (outcome is SendOutcome.Unavailable { Status: >= 500 } && serverErrorDelay > (outcome.RetryAfter ?? TimeSpan.Zero))
            outcome = outcome with { RetryAfter = serverErrorDelay };
        if (reason is not { SpoilsConnection: true })
            return outcome;

        // Once a token has expired on it, a connection refuses whatever token follows.
        pool.Retire(reply.Connection!);
        if (reason.Name != ApnsReasons.ExpiredProviderToken || (token is not null && credential.Tokens!.Replace(token.Generation)))
            return outcome;
        Log.NewTokenExpired(logger, app.Name);
        return new SendOutcome.Misconfigured { Reason = outcome.Reason, Status = outcome.Status };
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error,
            Message = "APNs calls a new provider token of app {App} expired. Check this machine's clock")]
        public static partial void NewTokenExpired(ILogger logger, string app);

        [LoggerMessage(Level = LogLevel.Error,
            Message = "The certificate of app {App} ended at {ExpiresAt}: its pushes wait. Put a new one in its place")]
        public static partial void CertificateEnded(ILogger logger, string app, DateTimeOffset expiresAt);
    }
}
