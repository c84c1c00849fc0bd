using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Telemetry;

/// <summary>What runs out or goes wrong with time: credentials, tokens, clocks.</summary>
public sealed class CredentialMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Dispatcher.Credentials";

    private readonly ConcurrentDictionary<(Provider Provider, string App), Func<double?>> _tokenAges = [];
    private readonly ConcurrentDictionary<(Provider Provider, string App), Func<double?>> _lives = [];
    private readonly ConcurrentDictionary<string, Func<double?>> _skews = new(StringComparer.Ordinal);

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">Where the meter comes from.</param>
    public CredentialMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge(
            "dispatcher.credential.token_age", () => Observe(_tokenAges, "dispatcher.app", owner => owner.App), "s", "Age of the provider token that an app sends with.");
        meter.CreateObservableGauge(
            "dispatcher.credential.life_left", () => Observe(_lives, "dispatcher.app", owner => owner.App), "s", "Time until an app's certificate ends.");
        meter.CreateObservableGauge(
            "dispatcher.clock.skew",
            () => Observe(_skews, "dispatcher.provider", provider => provider),
            "s",
            "How far the provider's clock is ahead of this machine's, by the Date of its answers.");
    }

    /// <summary>Has the age of an app's token observed from now on.</summary>
    /// <param name="provider">Whose app it is.</param>
    /// <param name="app">The app.</param>
    /// <param name="age">Its age; nothing while there is none.</param>
    public void WatchToken(Provider provider, string app, Func<TimeSpan?> age) => _tokenAges[(provider, app)] = () => age()?.TotalSeconds;

    /// <summary>Has the end of an app's certificate observed from now on.</summary>
    /// <param name="provider">Whose app it is.</param>
    /// <param name="app">The app.</param>
    /// <param name="left">The time until then.</param>
    public void WatchCertificate(Provider provider, string app, Func<TimeSpan> left) => _lives[(provider, app)] = () => left().TotalSeconds;

    /// <summary>An app is gone, or signs in with something else: nothing of it is observed any more.</summary>
    /// <param name="provider">Whose app it is; another one may have an app of that name by now.</param>
    /// <param name="app">The app.</param>
    public void Forget(Provider provider, string app)
    {
        _tokenAges.TryRemove((provider, app), out _);
        _lives.TryRemove((provider, app), out _);
    }

    /// <summary>Has the clock observed from now on.</summary>
    /// <param name="provider">Whose answers say what time it is.</param>
    /// <param name="skew">By how much they differ; nothing before the first.</param>
    public void WatchClock(string provider, Func<TimeSpan?> skew) => _skews[provider] = () => skew()?.TotalSeconds;

    private static IEnumerable<Measurement<double>> Observe<T>(ConcurrentDictionary<T, Func<double?>> watched, string tag, Func<T, string> name)
        where T : notnull =>
        from entry in watched
        let value = entry.Value()
        where value is not null
        select new Measurement<double>(value.Value, new KeyValuePair<string, object?>(tag, name(entry.Key)));
}
