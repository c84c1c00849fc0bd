using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Dispatcher.Core.Telemetry;

/// <summary>What runs out or goes wrong with time: credentials, tokens, clocks.</summary>
public sealed class CredentialMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Dispatcher.Credentials";

    private readonly ConcurrentDictionary<string, Func<double?>> _tokenAges = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Func<double?>> _lives = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Func<double?>> _skews = new(StringComparer.Ordinal);

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">Where the meter comes from.</param>
    public CredentialMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge(
            "dispatcher.credential.token_age", () => Observe(_tokenAges, "dispatcher.app"), "s", "Age of the provider token that an app sends with.");
        meter.CreateObservableGauge(
            "dispatcher.credential.life_left", () => Observe(_lives, "dispatcher.app"), "s", "Time until an app's certificate ends.");
        meter.CreateObservableGauge(
            "dispatcher.clock.skew",
            () => Observe(_skews, "dispatcher.provider"),
            "s",
            "How far the provider's clock is ahead of this machine's, by the Date of its answers.");
    }

    /// <summary>Has the age of an app's token observed from now on.</summary>
    /// <param name="app">The app.</param>
    /// <param name="age">Its age; nothing while there is none.</param>
    public void WatchToken(string app, Func<TimeSpan?> age) => _tokenAges[app] = () => age()?.TotalSeconds;

    /// <summary>Has the end of an app's certificate observed from now on.</summary>
    /// <param name="app">The app.</param>
    /// <param name="left">The time until then.</param>
    public void WatchCertificate(string app, Func<TimeSpan> left) => _lives[app] = () => left().TotalSeconds;

    /// <summary>Has the clock observed from now on.</summary>
    /// <param name="provider">Whose answers say what time it is.</param>
    /// <param name="skew">By how much they differ; nothing before the first.</param>
    public void WatchClock(string provider, Func<TimeSpan?> skew) => _skews[provider] = () => skew()?.TotalSeconds;

    private static IEnumerable<Measurement<double>> Observe(ConcurrentDictionary<string, Func<double?>> watched, string tag) =>
        from entry in watched
        let value = entry.Value()
        where value is not null
        select new Measurement<double>(value.Value, new KeyValuePair<string, object?>(tag, entry.Key));
}
