using Dispatcher.Core.Apps;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Sending.Limits;

/// <summary>The gates of one provider's apps, each made when its app is first sent to. Apps of one Firebase project share its rate.</summary>
public sealed class AppGates
{
    private readonly Dictionary<string, TokenBucket> _rates = new(StringComparer.Ordinal);
    private readonly Lock _making = new();
    private volatile LimitOptions _options;
    private readonly SendingMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile Dictionary<string, Entry> _gates = new(StringComparer.Ordinal);
    private volatile Dictionary<string, int> _appsOf = [];

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
        (_options, _metrics, _time, _logger) = (options, metrics, time, logger);
        Adopt([.. apps]);
    }

    /// <summary>Whose apps.</summary>
    public Provider Provider { get; }

    /// <summary>
    /// Takes other apps. One that has changed gets a new gate: whatever its old credential made of it is over. Pushes that are behind an old gate
    /// leave by it, then it is gone.
    /// </summary>
    /// <param name="apps">All configured apps.</param>
    public void Adopt(IReadOnlyCollection<App> apps)
    {
        lock (_making)
            Adopt_NeedsLock(apps);
    }

    private void Adopt_NeedsLock(IReadOnlyCollection<App> apps)
    {
        var gates = new Dictionary<string, Entry>(StringComparer.Ordinal);
        foreach (var app in apps.Where(app => app.Provider == Provider))
        {
            if (_gates.TryGetValue(app.Name, out var old) && old.App == app)
            {
                gates.Add(app.Name, old);
                continue;
            }

            var quota = app is FcmApp fcm ? fcm.ProjectId ?? fcm.CredentialsPath ?? "" : app.Name;
            if (!_rates.TryGetValue(quota, out var rate))
                _rates.Add(quota, rate = new TokenBucket(PerSecond(_options), PerSecond(_options), _options.Ramp, _time));
            gates.Add(app.Name, new Entry(this, app, rate));
        }

        var former = _gates;
        _gates = gates;
        _appsOf = gates.Values.CountBy(entry => entry.App.Endpoint).ToDictionary();
        foreach (var name in former.Keys.Where(name => !gates.ContainsKey(name)))
            _metrics.ForgetApp(name);
    }

    /// <summary>Takes other limits, also for the gates that are there: nobody has to leave.</summary>
    /// <param name="options">Checked by <see cref="LimitOptions.Validate"/>.</param>
    public void Adopt(LimitOptions options)
    {
        lock (_making) // a gate is made of the old limits and found here, or of the new ones
        {
            _options = options;
            foreach (var rate in _rates.Values)
                rate.Adopt(PerSecond(options), PerSecond(options), options.Ramp);
            foreach (var entry in _gates.Values)
                entry.Made?.Adopt(options);
        }
    }

    /// <summary>Whether a push of an app that used up its retries may become a dead letter now; each yes is paid for by a success.</summary>
    /// <param name="app">The app's name.</param>
    public bool MayDeadLetter(string app) => Find(app)?.DeadLetters.TryTake() ?? true;

    /// <summary>How an app stands, for health.</summary>
    /// <param name="app">The app's name.</param>
    /// <returns><see langword="null"/> before its first push.</returns>
    public AppState? StateOf(string app) => _gates.TryGetValue(app, out var entry) ? entry.Made?.State : null;

    /// <summary>How many apps there are.</summary>
    internal int Count => _gates.Count;

    /// <summary>How many apps are configured for an endpoint.</summary>
    /// <param name="endpoint">Its name.</param>
    internal int AppsOf(string endpoint) => _appsOf.GetValueOrDefault(endpoint);

    /// <summary>The gate of an app; <see langword="null"/> for one that is not configured, to which no provider sends.</summary>
    /// <param name="app">The app's name.</param>
    internal AppGate? Find(string app) => _gates.TryGetValue(app, out var entry) ? entry.Gate : null;

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
        _gates.Values.Where(entry => entry.App.Endpoint == endpoint).Select(entry => entry.Made).OfType<AppGate>();

    /// <summary>The rate, which is also the burst: that of a second, where Firebase would allow a minute's; it asks to spread the load.</summary>
    private double PerSecond(LimitOptions options) =>
        (Provider == Provider.Apns ? options.ApnsPerMinute : options.FcmPerMinute) / 60.0 ?? double.PositiveInfinity;

    /// <summary>An app and its gate, which is made when the app is first sent to.</summary>
    private sealed class Entry(AppGates gates, App app, TokenBucket rate)
    {
        private volatile AppGate? _made;

        public App App => app;

        public AppGate? Made => _made;

        public AppGate Gate => _made ?? Make();

        private AppGate Make()
        {
            lock (gates._making)
                return _made ??= new AppGate(app, rate, gates._options, gates._metrics, gates._time, gates._logger);
        }
    }
}
