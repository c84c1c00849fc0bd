using System.Runtime.CompilerServices;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>Apple Push Notification service.</summary>
public sealed class ApnsProvider : IPushProvider, IDisposable
{
    private static readonly SendOutcome UnknownApp = new SendOutcome.Misconfigured { Reason = "UnknownApp" };

    private readonly ApnsSessions _sessions;
    private readonly ApnsOptions _options;
    private readonly TimeProvider _time;
    private volatile Dictionary<string, Route> _routes = new(StringComparer.Ordinal);

    /// <summary>Reads the credentials of all APNs apps and prepares their connections, which open with the first push.</summary>
    /// <param name="apps">The configured apps; those of other providers are left alone.</param>
    /// <param name="options">How APNs is reached; valid.</param>
    /// <param name="metrics">Where credentials and clocks are watched.</param>
    /// <param name="connections">Where connections are counted.</param>
    /// <param name="time">The clock.</param>
    /// <param name="chance">Numbers from 0 to 1, for jitter.</param>
    /// <param name="loggers">Where to log.</param>
    /// <exception cref="InvalidAppException">A credential cannot be read or used; the message names the app and the file.</exception>
    public ApnsProvider(
        AppCatalog apps,
        ApnsOptions options,
        CredentialMetrics metrics,
        ConnectionMetrics connections,
        TimeProvider time,
        Func<double> chance,
        ILoggerFactory loggers)
    {
        _options = options;
        _time = time;
        _sessions = new ApnsSessions(options, metrics, connections, time, chance, loggers.CreateLogger<ApnsProvider>());
        if (Adopt(apps.Apps) is [var problem, ..])
        {
            _sessions.Dispose();
            throw new InvalidAppException(problem);
        }
    }

    /// <summary>
    /// Takes other apps, or the same with other credentials. Pushes that are on their way end with what they began with; an app whose new
    /// credential cannot be used keeps its old one. Not for concurrent use.
    /// </summary>
    /// <param name="apps">All configured apps.</param>
    /// <returns>What is wrong; each names the app and the file.</returns>
    public IReadOnlyList<string> Adopt(IReadOnlyCollection<App> apps)
    {
        var problems = new List<string>();
        var routes = new Dictionary<string, Route>(StringComparer.Ordinal);
        foreach (var app in apps.OfType<ApnsApp>())
        {
            if (_routes.TryGetValue(app.Name, out var old) && old.App == app)
            {
                routes.Add(app.Name, old);
                continue;
            }

            try
            {
                routes.Add(app.Name, new Route(
                    app,
                    new ApnsDestination(app, _options),
                    _sessions.Of(app, _options.DevicesOf(app.Sandbox)),
                    _sessions.Of(app, _options.BroadcastsOf(app.Sandbox)),
                    _sessions.CredentialOf(app)));
            }
            catch (InvalidAppException e)
            {
                problems.Add(e.Message);
                if (old is not null)
                    routes.Add(app.Name, old);
            }
        }

        _routes = routes;
        _sessions.Keep([.. routes.Values.Select(route => route.App)]);
        return problems;
    }

    /// <summary>How far Apple's clock is ahead of this machine's, by the last answers; <see langword="null"/> before the first.</summary>
    public TimeSpan? ClockSkew => _sessions.ClockSkew;

    /// <summary>How the apps' credentials are, for health.</summary>
    public IReadOnlyList<ApnsCredentialState> Credentials =>
    [
        .. _routes.OrderBy(route => route.Key, StringComparer.Ordinal).Select(route => new ApnsCredentialState(
            route.Key, route.Value.Credential.Tokens?.Age, route.Value.Credential.Certificate?.ExpiresAt, _time.GetUtcNow())),
    ];

    /// <inheritdoc/>
    public PushProblem? Problem(PushNotification push) =>
        _routes.TryGetValue(push.App, out var route) && ApnsRules.Check(push, route.App) is [var problem, ..] ? problem : null;

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<SendOutcome> SendAsync(PushNotification push, CancellationToken cancellationToken)
    {
        if (!_routes.TryGetValue(push.App, out var route))
            return UnknownApp;
        var session = push.Target.Kind == TargetKind.Channel ? route.Broadcasts : route.Devices;
        if (session.Refusal is { } refusal)
            return refusal;

        var type = ApnsPushType.Of(push, route.App.BundleId);
        var body = new PooledBuffer();
        ApnsPayload.Render(push, type, body);
        var token = session.Token;
        var request = ApnsRequest.Create(push, type, route.Destination, token?.Authorization, body.Written);
        var reply = await session.SendAsync(request, cancellationToken);
        if (reply.Failure is { } failure)
            return failure;

        body.Return();
        return session.Conclude(reply, token, push);
    }

    /// <inheritdoc/>
    public void Dispose() => _sessions.Dispose();

    private sealed record Route(
        ApnsApp App, ApnsDestination Destination, ApnsSession Devices, ApnsSession Broadcasts, ApnsCredential Credential);
}
