using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Dispatcher.Core.Telemetry;

/// <summary>What happens between this process and the providers.</summary>
public sealed class SendingMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Dispatcher.Sending";

    private readonly Histogram<double> _attempts;
    private readonly Counter<long> _duplicateRisks;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _retriesRefused;
    private readonly Counter<long> _breakersOpened;
    private readonly ConcurrentDictionary<(string Scope, string Name), bool> _breakers = new();
    private readonly ConcurrentDictionary<string, AppLoad> _apps = new(StringComparer.Ordinal);

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">Where the meter comes from.</param>
    public SendingMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _attempts = meter.CreateHistogram(
            "dispatcher.attempt.duration", "s", "Attempts, from the call to the outcome.", tags: null, new InstrumentAdvice<double>
            {
                // Providers answer within 20 to 200 ms; an attempt ends after 15 s by default.
                HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30],
            });
        _duplicateRisks = meter.CreateCounter<long>(
            "dispatcher.attempts.duplicate_risk", "{attempt}", "Attempts that left and were not answered: a retry may reach the device twice.");
        _refused = meter.CreateCounter<long>(
            "dispatcher.gate.refused", "{push}", "Pushes that an app's limits turned away before an attempt, by reason.");
        _retriesRefused = meter.CreateCounter<long>(
            "dispatcher.retries.refused", "{push}", "Quick retries that the app's retry budget did not pay for.");
        _breakersOpened = meter.CreateCounter<long>("dispatcher.breaker.opened", "{time}", "How often a breaker opened.");
        meter.CreateObservableGauge("dispatcher.breaker.open", ObserveBreakers, "{breaker}", "1 while a breaker is open or probes.");
        meter.CreateObservableGauge(
            "dispatcher.app.concurrency_limit", () => ObserveApps(app => app.Limit()), "{attempt}", "Attempts that an app may have in flight.");
        meter.CreateObservableGauge(
            "dispatcher.app.in_flight", () => ObserveApps(app => app.InFlight()), "{attempt}", "Attempts that an app has in flight.");
        meter.CreateObservableCounter(
            "dispatcher.app.rests_forgotten",
            () => ObserveApps(app => app.Forgotten()),
            "{device}",
            "Throttled devices that were forgotten for want of room, and may be sent too much again.");
        meter.CreateObservableGauge(
            "dispatcher.retry.budget", () => ObserveApps(app => app.RetryBudget()), "{attempt}", "Quick retries that an app's budget would pay for now.");
        meter.CreateObservableGauge(
            "dispatcher.app.rate_tokens",
            () => ObserveApps(app => app.RateTokens()),
            "{attempt}",
            "Attempts that an app's rate lets go at once; below 0 those that wait for it. Nothing without a rate.");
        meter.CreateObservableGauge(
            "dispatcher.credential.last_success",
            () => ObserveApps(app => app.SinceSuccess()?.TotalSeconds),
            "s",
            "Time since a provider last answered an app in a way that only a good credential gets; nothing before the first.");
    }

    /// <summary>An attempt ended.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="app">The app; bounded by the configuration.</param>
    /// <param name="outcome">The outcome.</param>
    /// <param name="duration">How long it took.</param>
    public void AttemptFinished(string provider, string app, string outcome, TimeSpan duration) => _attempts.Record(
        duration.TotalSeconds,
        new KeyValuePair<string, object?>("dispatcher.provider", provider),
        new KeyValuePair<string, object?>("dispatcher.app", app),
        new KeyValuePair<string, object?>("dispatcher.outcome", outcome));

    /// <summary>An attempt left and was not answered.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="app">The app.</param>
    public void DuplicateRisked(string provider, string app) => _duplicateRisks.Add(
        1, new KeyValuePair<string, object?>("dispatcher.provider", provider), new KeyValuePair<string, object?>("dispatcher.app", app));

    /// <summary>An app's limits turned a push away.</summary>
    /// <param name="app">The app.</param>
    /// <param name="reason">Why: one of a handful of words.</param>
    public void GateRefused(string app, string reason) => _refused.Add(
        1, new KeyValuePair<string, object?>("dispatcher.app", app), new KeyValuePair<string, object?>("dispatcher.reason", reason));

    /// <summary>A quick retry was not paid for.</summary>
    /// <param name="app">The app.</param>
    public void RetryRefused(string app) => _retriesRefused.Add(1, new KeyValuePair<string, object?>("dispatcher.app", app));

    /// <summary>A breaker opened or closed.</summary>
    /// <param name="scope"><c>endpoint</c> or <c>app</c>.</param>
    /// <param name="name">Which one.</param>
    /// <param name="isOpen">What it is now.</param>
    public void BreakerTurned(string scope, string name, bool isOpen)
    {
        _breakers[(scope, name)] = isOpen;
        if (isOpen)
            _breakersOpened.Add(1, BreakerTags(scope, name));
    }

    /// <summary>Has an app's limits observed from now on.</summary>
    /// <param name="app">The app.</param>
    /// <param name="load">How it stands.</param>
    public void WatchApp(string app, AppLoad load) => _apps[app] = load;

    /// <summary>An app is gone: nothing of it is observed any more.</summary>
    /// <param name="app">The app.</param>
    public void ForgetApp(string app)
    {
        _apps.TryRemove(app, out _);
        _breakers.TryRemove(("app", app), out _);
    }

    private static KeyValuePair<string, object?>[] BreakerTags(string scope, string name) =>
        [new("dispatcher.breaker", scope), new($"dispatcher.{scope}", name)];

    private IEnumerable<Measurement<int>> ObserveBreakers() =>
        _breakers.Select(breaker => new Measurement<int>(breaker.Value ? 1 : 0, BreakerTags(breaker.Key.Scope, breaker.Key.Name)));

    private IEnumerable<Measurement<T>> ObserveApps<T>(Func<AppLoad, T> value)
        where T : struct =>
        ObserveApps(app => (T?)value(app));

    private IEnumerable<Measurement<T>> ObserveApps<T>(Func<AppLoad, T?> value)
        where T : struct =>
        from app in _apps
        let known = value(app.Value)
        where known is not null
        select new Measurement<T>(known.Value, new KeyValuePair<string, object?>("dispatcher.app", app.Key));
}
