using System.Runtime.CompilerServices;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Providers.Fcm;

/// <summary>Firebase Cloud Messaging, HTTP v1.</summary>
public sealed partial class FcmProvider : IPushProvider, IDisposable
{
    private static readonly SendOutcome UnknownApp = new SendOutcome.Misconfigured { Reason = "UnknownApp" };

    private readonly FcmOptions _options;
    private readonly GoogleEnvironment _environment;
    private readonly TrustedRoots _roots;
    private readonly CredentialMetrics _metrics;
    private readonly ConnectionMetrics _connections;
    private readonly TimeProvider _time;
    private readonly Func<double> _chance;
    private readonly ILogger _logger;
    private readonly UnknownReasons _unknownReasons;
    private volatile Dictionary<string, Route> _routes = new(StringComparer.Ordinal);

    /// <summary>Reads the credentials of all FCM apps and prepares their connections, which open with the first push.</summary>
    /// <param name="apps">The configured apps; those of other providers are left alone.</param>
    /// <param name="options">How FCM is reached; valid.</param>
    /// <param name="environment">Where apps without a credentials file find theirs.</param>
    /// <param name="metrics">Where credentials are watched.</param>
    /// <param name="connections">Where connections are counted.</param>
    /// <param name="time">The clock.</param>
    /// <param name="chance">Numbers from 0 to 1, for jitter.</param>
    /// <param name="loggers">Where to log.</param>
    /// <exception cref="InvalidAppException">Credentials cannot be read; the message names the app and the file.</exception>
    public FcmProvider(
        AppCatalog apps,
        FcmOptions options,
        GoogleEnvironment environment,
        CredentialMetrics metrics,
        ConnectionMetrics connections,
        TimeProvider time,
        Func<double> chance,
        ILoggerFactory loggers)
    {
        _options = options;
        _environment = environment;
        _roots = TrustedRoots.Load(options.TrustedCaPath);
        _metrics = metrics;
        _connections = connections;
        _time = time;
        _chance = chance;
        _logger = loggers.CreateLogger<FcmProvider>();
        _unknownReasons = new UnknownReasons(_logger);
        if (Adopt(apps.Apps) is [var problem, ..])
        {
            Dispose();
            throw new InvalidAppException(problem);
        }
    }

    /// <summary>
    /// Takes other apps, or the same with other credentials. Pushes that are on their way end with what they began with; an app whose new
    /// credentials cannot be used keeps its old ones. Not for concurrent use.
    /// </summary>
    /// <param name="apps">All configured apps.</param>
    /// <returns>What is wrong; each names the app and the file.</returns>
    public IReadOnlyList<string> Adopt(IReadOnlyCollection<App> apps)
    {
        var problems = new List<string>();
        var routes = new Dictionary<string, Route>(StringComparer.Ordinal);
        var sessions = _routes.Values.Select(route => route.Session).Distinct().ToDictionary(session => session.Key);
        foreach (var app in apps.OfType<FcmApp>())
        {
            if (_routes.TryGetValue(app.Name, out var old) && old.App == app)
            {
                routes.Add(app.Name, old);
                continue;
            }

            try
            {
                var credential = FcmCredential.Load(app, _environment, _roots, HttpProxy.Of(_options.Proxy));
                var key = (credential.Source, app.Revision);
                if (!sessions.TryGetValue(key, out var session))
                    sessions.Add(key, session = Open(key, credential, app.Name));
                routes.Add(app.Name, new Route(app, session));
                _metrics.WatchToken(Provider.Fcm, app.Name, () => session.Tokens.Age);
            }
            catch (InvalidAppException e)
            {
                problems.Add(e.Message);
                if (old is not null)
                    routes.Add(app.Name, old);
            }
        }

        foreach (var name in _routes.Keys.Where(name => !routes.ContainsKey(name)))
            _metrics.Forget(Provider.Fcm, name);
        _routes = routes;
        foreach (var unused in sessions.Values.Except(routes.Values.Select(route => route.Session)))
            unused.Pool.Dispose(); // ends what is on it
        return problems;
    }

    /// <summary>How the apps' credentials are, for health.</summary>
    public IReadOnlyList<FcmCredentialState> Credentials =>
    [
        .. _routes.OrderBy(route => route.Key, StringComparer.Ordinal).Select(route => (route.Key, route.Value.Session.Tokens)).Select(app =>
            new FcmCredentialState(app.Key, app.Tokens.Age, app.Tokens.Ends, app.Tokens.LastFailure)),
    ];

    /// <inheritdoc/>
    public PushProblem? Problem(PushNotification push) =>
        FcmRules.Check(push) is [var problem, ..] ? problem : null;

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
        var request = FcmRequest.Create(route.Path, token.Authorization, session.Credential.QuotaProject, body.Written);
        var reply = await session.Pool.SendAsync(request, cancellationToken);
        if (reply.Failure is { } failure)
            return failure;

        body.Return();
        return Conclude(push, route, token, reply);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var route in _routes.Values)
            route.Session.Pool.Dispose();
    }

    private Session Open((string Source, string Revision) key, FcmCredential credential, string appName) => new(
        key,
        credential,
        new FcmTokenSource(credential.FetchAsync, _time, _logger, appName),
        new ConnectionPool(
            new ConnectionSettings
            {
                Provider = Provider.Fcm,
                Endpoint = _options.Endpoint,
                Connections = _options.Connections,
                Streams = _options.StreamsPerConnection,
                OpeningPace = _options.OpeningPace,
                IdleTimeout = _options.ConnectionIdleTimeout,
                Lifetime = _options.ConnectionLifetime,
                SuccessHasBody = true, // no pings: three without a request between them end the connection
                Proxy = HttpProxy.Of(_options.Proxy),
                Roots = _roots,
            },
            _connections,
            _time,
            _chance,
            _logger));

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

    /// <summary>One generation of a credential: what replaces it has files with another content.</summary>
    private sealed record Session((string Source, string Revision) Key, FcmCredential Credential, FcmTokenSource Tokens, ConnectionPool Pool);

    private sealed record Route(FcmApp App, Session Session)
    {
        /// <summary>Where the app's pushes go; known once there is an access token.</summary>
        public string Path => field ??= FcmRequest.Path(App.ProjectId ?? Session.Credential.ProjectId!);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "FCM refuses a new access token of app {App}")]
        public static partial void NewTokenRefused(ILogger logger, string app);
    }
}
