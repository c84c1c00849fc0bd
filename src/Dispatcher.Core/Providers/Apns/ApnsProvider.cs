using System.Runtime.CompilerServices;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>Apple Push Notification service, with provider tokens.</summary>
public sealed partial class ApnsProvider : IPushProvider, IDisposable
{
    private static readonly Uri Production = new("https://api.push.apple.com");
    private static readonly Uri Sandbox = new("https://api.sandbox.push.apple.com");
    private static readonly SendOutcome UnknownApp = new SendOutcome.Misconfigured { Reason = "UnknownApp" };

    private readonly Dictionary<string, Route> _routes = new(StringComparer.Ordinal);
    private readonly Dictionary<Key, ApnsTokenSource> _tokens = [];
    private readonly Dictionary<(Key, Uri), ConnectionPool> _pools = [];
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly UnknownReasons _unknownReasons;

    /// <summary>Reads the keys of all APNs apps and prepares their connections, which open with the first push.</summary>
    /// <param name="apps">The configured apps; those of other providers are left alone.</param>
    /// <param name="options">How APNs is reached; valid.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Where to log.</param>
    /// <exception cref="InvalidAppException">A key cannot be read; the message names the app and the file.</exception>
    public ApnsProvider(AppCatalog apps, ApnsOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        _time = time;
        _logger = loggers.CreateLogger<ApnsProvider>();
        _unknownReasons = new UnknownReasons(_logger);
        var roots = TrustedRoots.Load(options.TrustedCaPath);
        foreach (var app in apps.Apps.OfType<ApnsApp>())
        {
            var key = new Key(app.TeamId, app.KeyId, app.KeyPath);
            if (!_tokens.TryGetValue(key, out var tokens))
                _tokens.Add(key, tokens = new ApnsTokenSource(ApnsCredential.Load(app), app.KeyId, app.TeamId, time));

            // A connection belongs to the key of its first push: another team's token on it is refused.
            var endpoint = options.Endpoint ?? (app.Sandbox ? Sandbox : Production);
            if (!_pools.TryGetValue((key, endpoint), out var pool))
                _pools.Add((key, endpoint), pool = new ConnectionPool(Settings(options, roots), time));

            _routes.Add(app.Name, new Route(app, endpoint.GetLeftPart(UriPartial.Authority) + ApnsRequest.DevicesPath, tokens, pool));
        }
    }

    /// <inheritdoc/>
    public PushProblem? Problem(PushNotification push) =>
        _routes.TryGetValue(push.App, out var route) && ApnsRules.Check(push, route.App) is [var problem, ..] ? problem : null;

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<SendOutcome> SendAsync(PushNotification push, CancellationToken cancellationToken)
    {
        if (!_routes.TryGetValue(push.App, out var route))
            return UnknownApp;

        var body = new PooledBuffer();
        ApnsPayload.Render(push, body);
        var token = route.Tokens.Current;
        using var request = ApnsRequest.Create(push, route.Devices, route.App.BundleId, token.Authorization, body.Written);
        var reply = await route.Pool.SendAsync(request, cancellationToken);
        if (reply.Failure is { } failure)
            return failure;

        body.Return();
        return Conclude(push, route, token, reply);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var pool in _pools.Values)
            pool.Dispose();
        foreach (var tokens in _tokens.Values)
            tokens.Dispose();
    }

    private static ConnectionSettings Settings(ApnsOptions options, TrustedRoots roots) => new()
    {
        Connections = options.Connections,
        Streams = options.StreamsPerConnection,
        AnswersOneFirst = true, // with token authentication, one stream until a valid token was seen
        OpeningPace = TimeSpan.FromSeconds(2), // "space them by a few seconds": developer.apple.com/forums/thread/778909
        IdleTimeout = TimeSpan.FromHours(2), // connections are kept: reconnecting often looks like an attack
        PingDelay = options.KeepAlive,
        Roots = roots,
    };

    private SendOutcome Conclude(PushNotification push, Route route, ApnsToken token, in Reply reply)
    {
        var topicIsOurs = push.Apns is null or { Topic: null, PushType: null };
        var (outcome, isKnown) = ApnsAnswer.Read(reply.Answer, topicIsOurs, _time.GetUtcNow());
        if (!isKnown)
            _unknownReasons.Saw(reply.Answer.Status, outcome.Reason!);
        if (!ApnsReasons.SpoilsConnection(outcome.Reason))
            return outcome;

        // Once a token has expired on it, a connection refuses whatever token follows.
        route.Pool.Retire(reply.Connection!);
        if (outcome.Reason != ApnsReasons.ExpiredProviderToken || route.Tokens.Replace(token.Generation))
            return outcome;
        Log.NewTokenExpired(_logger, route.App.Name);
        return new SendOutcome.Misconfigured { Reason = outcome.Reason, Status = outcome.Status };
    }

    private readonly record struct Key(string TeamId, string KeyId, string Path);

    private sealed record Route(ApnsApp App, string Devices, ApnsTokenSource Tokens, ConnectionPool Pool);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error,
            Message = "APNs calls a new provider token of app {App} expired. Check this machine's clock")]
        public static partial void NewTokenExpired(ILogger logger, string app);
    }
}
