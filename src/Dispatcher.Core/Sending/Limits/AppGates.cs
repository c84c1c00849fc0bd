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
        var rates = new Dictionary<string, TokenBucket?>(StringComparer.Ordinal);
        _gates = new Dictionary<string, Lazy<AppGate>>(StringComparer.Ordinal);
        foreach (var app in apps.Where(app => app.Provider == provider))
        {
            var quota = app is FcmApp fcm ? fcm.ProjectId ?? fcm.CredentialsPath ?? "" : app.Name;
            if (!rates.TryGetValue(quota, out var rate))
                rates.Add(quota, rate = Rate(provider, options, time));
            _gates.Add(app.Name, new(() => new AppGate(app, rate, options, metrics, time, logger)));
        }
    }

    /// <summary>Whose apps.</summary>
    public Provider Provider { get; }

    /// <summary>
    /// How many of an app's pushes a lane may dispatch at once: twice its concurrency and some, because a dispatched push also waits for
    /// retries and for Kafka. An app whose breaker is open has no such limit: its pushes are turned away at once.
    /// </summary>
    /// <param name="app">The app's name.</param>
    public int DispatchLimit(string app) => Find(app) is { IsOpen: true } gate ? (2 * gate.Concurrency) + DispatchReserve : int.MaxValue;

    /// <summary>Whether a push of an app that used up its retries may become a dead letter now; each yes is paid for by a success.</summary>
    /// <param name="app">The app's name.</param>
    public bool MayDeadLetter(string app) => Find(app)?.DeadLetters.TryTake() ?? true;

    /// <summary>The gate of an app; <see langword="null"/> for one that is not configured, to which no provider sends.</summary>
    /// <param name="app">The app's name.</param>
    internal AppGate? Find(string app) => _gates.TryGetValue(app, out var gate) ? gate.Value : null;

    /// <summary>The provider is back after an outage: every rate grows from the start again.</summary>
    internal void RampUp()
    {
        foreach (var gate in _gates.Values.Where(gate => gate.IsValueCreated))
            gate.Value.RampUp();
    }

    /// <summary>A burst of a second, where Firebase would allow a minute's: it asks to spread the load.</summary>
    private static TokenBucket? Rate(Provider provider, LimitOptions options, TimeProvider time)
    {
        var perMinute = provider == Provider.Apns ? options.ApnsPerMinute : options.FcmPerMinute;
        return perMinute is { } rate ? new TokenBucket(rate / 60.0, rate / 60.0, options.Ramp, time) : null;
    }
}
