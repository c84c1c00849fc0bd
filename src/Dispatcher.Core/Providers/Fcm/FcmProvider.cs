using System.Runtime.CompilerServices;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>Firebase Cloud Messaging, HTTP v1.</summary>
public sealed partial class FcmProvider : IPushProvider, IDisposable
{
    private static readonly SendOutcome UnknownApp = new SendOutcome.Misconfigured { Reason = "UnknownApp" };

    private readonly Dictionary<string, Route> _routes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Session> _sessions = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly UnknownReasons _unknownReasons;

    /// <summary>Reads the credentials of all FCM apps and prepares their connections, which open with the first push.</summary>
    /// <param name="apps">The configured apps; those of other providers are left alone.</param>
    /// <param name="options">How FCM is reached; valid.</param>
    /// <param name="environment">Where apps without a credentials file find theirs.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Where to log.</param>
    /// <exception cref="InvalidAppException">Credentials cannot be read; the message names the app and the file.</exception>
    public FcmProvider(
        AppCatalog apps, FcmOptions options, GoogleEnvironment environment, TimeProvider time, ILoggerFactory loggers)
    {
        _time = time;
        _logger = loggers.CreateLogger<FcmProvider>();
        _unknownReasons = new UnknownReasons(_logger);
        var roots = TrustedRoots.Load(options.TrustedCaPath);
        foreach (var app in apps.Apps.OfType<FcmApp>())
        {
            var credential = FcmCredential.Load(app, environment, roots);
            if (!_sessions.TryGetValue(credential.Source, out var session))
            {
                _sessions.Add(credential.Source, session = new Session(
                    credential,
                    new FcmTokenSource(credential.FetchAsync, time, _logger, app.Name),
                    new ConnectionPool(Settings(options, roots), time)));
            }

            _routes.Add(app.Name, new Route(app, options.Endpoint, session));
        }
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<SendOutcome> SendAsync(PushNotification push, CancellationToken cancellationToken)
    {
        if (!_routes.TryGetValue(push.App, out var route))
            return UnknownApp;

        var session = route.Session;
        var (token, noToken) = await session.Tokens.GetAsync(cancellationToken);
        if (token is null)
            return noToken!;

        var body = new PooledBuffer();
        FcmPayload.Render(push, _time.GetUtcNow(), body);
        using var request = FcmRequest.Create(route.SendUri, token.Authorization, session.Credential.QuotaProject, body.Written);
        var reply = await session.Pool.SendAsync(request, cancellationToken);
        if (reply.Failure is { } failure)
            return failure;

        body.Return();
        return Conclude(push, route, token, reply);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var session in _sessions.Values)
            session.Pool.Dispose();
    }

    private static ConnectionSettings Settings(FcmOptions options, TrustedRoots roots) => new()
    {
        Connections = options.Connections,
        Streams = options.StreamsPerConnection,
        IdleTimeout = TimeSpan.FromMinutes(3), // FCM ends idle connections after about 4
        Lifetime = TimeSpan.FromMinutes(50), // and any after an hour
        SuccessHasBody = true, // no pings: three without a request between them end the connection
        Roots = roots,
    };

    private SendOutcome Conclude(PushNotification push, Route route, FcmToken token, in Reply reply)
    {
        var (outcome, isKnown) = FcmAnswer.Read(reply.Answer, push.Target, _time.GetUtcNow());
        if (!isKnown)
            _unknownReasons.Saw(reply.Answer.Status, outcome.Reason!);
        if (outcome is not SendOutcome.NotSent { Reason: FcmReasons.Unauthenticated } || route.Session.Tokens.Replace(token.Generation))
            return outcome;
        Log.NewTokenRefused(_logger, route.App.Name);
        return new SendOutcome.Misconfigured { Reason = outcome.Reason, Detail = "a new access token is refused", Status = outcome.Status };
    }

    private sealed record Session(FcmCredential Credential, FcmTokenSource Tokens, ConnectionPool Pool);

    private sealed record Route(FcmApp App, Uri Endpoint, Session Session)
    {
        private Uri? _sendUri;

        /// <summary>Where the app's pushes go; known once there is an access token.</summary>
        public Uri SendUri => _sendUri ??= FcmRequest.SendUri(Endpoint, App.ProjectId ?? Session.Credential.ProjectId!);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "FCM refuses a new access token of app {App}")]
        public static partial void NewTokenRefused(ILogger logger, string app);
    }
}
