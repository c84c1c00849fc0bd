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

    private readonly Dictionary<string, Route> _routes = new(StringComparer.Ordinal);
    private readonly ApnsSessions _sessions;
    private readonly TimeProvider _time;

    /// <summary>Reads the credentials of all APNs apps and prepares their connections, which open with the first push.</summary>
    /// <param name="apps">The configured apps; those of other providers are left alone.</param>
    /// <param name="options">How APNs is reached; valid.</param>
    /// <param name="metrics">Where credentials and clocks are watched.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Where to log.</param>
    /// <exception cref="InvalidAppException">A credential cannot be read or used; the message names the app and the file.</exception>
    public ApnsProvider(AppCatalog apps, ApnsOptions options, CredentialMetrics metrics, TimeProvider time, ILoggerFactory loggers)
    {
        _time = time;
        _sessions = new ApnsSessions(options, metrics, time, loggers.CreateLogger<ApnsProvider>());
        try
        {
            foreach (var app in apps.Apps.OfType<ApnsApp>())
            {
                _routes.Add(app.Name, new Route(
                    app.BundleId,
                    new ApnsDestination(app, options),
                    _sessions.Of(app, options.DevicesOf(app.Sandbox)),
                    _sessions.Of(app, options.BroadcastsOf(app.Sandbox)),
                    _sessions.CredentialOf(app)));
            }
        }
        catch
        {
            _sessions.Dispose();
            throw;
        }
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
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<SendOutcome> SendAsync(PushNotification push, CancellationToken cancellationToken)
    {
        if (!_routes.TryGetValue(push.App, out var route))
            return UnknownApp;
        var session = push.Target.Kind == TargetKind.Channel ? route.Broadcasts : route.Devices;
        if (session.Refusal is { } refusal)
            return refusal;

        var type = ApnsPushType.Of(push, route.BundleId);
        var body = new PooledBuffer();
        ApnsPayload.Render(push, type, body);
        var token = session.Token;
        using var request = ApnsRequest.Create(push, type, route.Destination, token?.Authorization, body.Written);
        var reply = await session.SendAsync(request, cancellationToken);
        if (reply.Failure is { } failure)
            return failure;

        body.Return();
        return session.Conclude(reply, token, push);
    }

    /// <inheritdoc/>
    public void Dispose() => _sessions.Dispose();

    private sealed record Route(
        string BundleId, ApnsDestination Destination, ApnsSession Devices, ApnsSession Broadcasts, ApnsCredential Credential);
}
