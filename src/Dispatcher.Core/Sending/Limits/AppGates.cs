using Dispatcher.Core.Apps;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Sending.Limits;

/// <summary>The gates of one provider's apps, each made when its app is first sent to. Apps of one Firebase project share its rate.</summary>
public sealed class AppGates
{
    private const int DispatchReserve = 64;

    private readonly Dictionary<string, Lazy<AppGate>> _gates;

    /// <summary>Gates for a provider's apps.</summary>
    /// <param name="provider">Whose apps.</param>
    /// <param name="apps">All configured apps.</param>
    /// <param name="options">Checked by <see cref="LimitOptions.Validate"/>.</param>
    /// <param name="metrics">Where refusals, limits and breakers are counted.</param>
    /// <param name="time">Clock and timers.</param>
    /// <param name="logger">Breaker transitions.</param>
    public AppGates(
        Provider provider, IEnumerable<App> apps, LimitOptions options, SendingMetrics metrics, TimeProvider time, ILogger<AppGates> logger)
    {
        Provider = provider;
        Apps = [.. apps.Where(app => app.Provider == provider)];
        var rates = new Dictionary<string, TokenBucket?>(StringComparer.Ordinal);
        _gates = new Dictionary<string, Lazy<AppGate>>(StringComparer.Ordinal);
        foreach (var app in Apps)
        {
            var quota = app is FcmApp fcm ? fcm.ProjectId ?? fcm.CredentialsPath ?? "" : app.Name;
            if (!rates.TryGetValue(quota, out var rate))
                rates.Add(quota, rate = Rate(provider, options, time));
            _gates.Add(app.Name, new(() => new AppGate(app, rate, options, metrics, time, logger)));
        }
    }

    /// <summary>Whose apps.</summary>
    public Provider Provider { get; }

    /// <summary>Whether a push of an app that used up its retries may become a dead letter now; each yes is paid for by a success.</summary>
    /// <param name="app">The app's name.</param>
    public bool MayDeadLetter(string app) => Find(app)?.DeadLetters.TryTake() ?? true;

    /// <summary>The apps.</summary>
    internal IReadOnlyList<App> Apps { get; }

    /// <summary>How many of an app's pushes may be dispatched at once, as far as its own gate goes.</summary>
    /// <param name="app">The app's name.</param>
    internal int DispatchLimit(string app) => Find(app) switch
    {
        { IsOpen: true, IsSilent: true } => DispatchReserve,
        { IsOpen: true } gate => (2 * gate.Concurrency) + DispatchReserve,
        _ => int.MaxValue,
    };

    /// <summary>Whether an app's attempts have stopped coming back.</summary>
    /// <param name="app">The app's name.</param>
    internal bool IsSilent(string app) => Find(app) is { IsOpen: true, IsSilent: true };

    /// <summary>The gate of an app; <see langword="null"/> for one that is not configured, to which no provider sends.</summary>
    /// <param name="app">The app's name.</param>
    internal AppGate? Find(string app) => _gates.TryGetValue(app, out var gate) ? gate.Value : null;

    /// <summary>An endpoint is down: its apps that failed did not do so alone, and their pushes may be held like all others.</summary>
    /// <param name="endpoint">Its name.</param>
    internal void Forgive(string endpoint)
    {
        foreach (var gate in Made(endpoint))
            gate.Forgive();
    }

    /// <summary>An endpoint is back after an outage: the rates of its apps grow from the start again.</summary>
    /// <param name="endpoint">Its name.</param>
    internal void RampUp(string endpoint)
    {
        foreach (var gate in Made(endpoint))
            gate.RampUp();
    }

    private IEnumerable<AppGate> Made(string endpoint) =>
        _gates.Values.Where(gate => gate.IsValueCreated && gate.Value.App.Endpoint == endpoint).Select(gate => gate.Value);

    /// <summary>A burst of a second, where Firebase would allow a minute's: it asks to spread the load.</summary>
    private static TokenBucket? Rate(Provider provider, LimitOptions options, TimeProvider time)
    {
        var perMinute = provider == Provider.Apns ? options.ApnsPerMinute : options.FcmPerMinute;
        return perMinute is { } rate ? new TokenBucket(rate / 60.0, rate / 60.0, options.Ramp, time) : null;
    }
}
