using System.Diagnostics.Metrics;

namespace Dispatcher.Core.Telemetry;

/// <summary>What becomes of pushes in a worker.</summary>
public sealed class DispatchMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Dispatcher.Dispatching";

    private readonly Counter<long> _settled;
    private readonly Counter<long> _deadLettered;
    private readonly Counter<long> _deadLettersCut;
    private readonly Counter<long> _delayed;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _invalidTokens;
    private readonly Histogram<double> _ages;

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">Where the meter comes from.</param>
    public DispatchMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _settled = meter.CreateCounter<long>("dispatcher.pushes.settled", "{push}", "Pushes whose offset completed, by outcome.");
        _deadLettered = meter.CreateCounter<long>("dispatcher.pushes.dead_lettered", "{push}", "Pushes kept as dead letters, by reason.");
        _deadLettersCut = meter.CreateCounter<long>(
            "dispatcher.dead_letters.cut", "{push}", "Dead letters whose topic does not take the original's value.");
        _delayed = meter.CreateCounter<long>("dispatcher.pushes.delayed", "{push}", "Pushes handed to a delay tier, by tier.");
        _failed = meter.CreateCounter<long>("dispatcher.dispatch.failures", "{push}", "Times that a push met a bug, by the exception's type.");
        _invalidTokens = meter.CreateCounter<long>(
            "dispatcher.tokens.invalid", "{token}", "Device tokens that a provider called invalid and that were reported to the topic of tokens.");
        _ages = meter.CreateHistogram(
            "dispatcher.push.age", "s", "Pushes that a provider answered finally, by the time since they were accepted, or due.", tags: null, new InstrumentAdvice<double>
            {
                // From a provider's fastest answer to the longest delay tier.
                HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600],
            });
    }

    /// <summary>A push's offset completed.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="app">The app, where known; bounded by the configuration.</param>
    /// <param name="outcome">The outcome.</param>
    public void PushSettled(string lane, string? app, string outcome) => _settled.Add(
        1,
        new KeyValuePair<string, object?>("dispatcher.lane", lane),
        new KeyValuePair<string, object?>("dispatcher.app", app),
        new KeyValuePair<string, object?>("dispatcher.outcome", outcome));

    /// <summary>A push was kept as a dead letter.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="reason">Why.</param>
    public void DeadLettered(string lane, string reason) => _deadLettered.Add(
        1,
        new KeyValuePair<string, object?>("dispatcher.lane", lane),
        new KeyValuePair<string, object?>("dispatcher.reason", reason));

    /// <summary>A dead letter is kept without the original's value.</summary>
    /// <param name="lane">The lane.</param>
    public void DeadLetterCut(string lane) => _deadLettersCut.Add(1, new KeyValuePair<string, object?>("dispatcher.lane", lane));

    /// <summary>A push was handed to a delay tier.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="tier">The tier's topic.</param>
    public void PushDelayed(string lane, string tier) => _delayed.Add(
        1,
        new KeyValuePair<string, object?>("dispatcher.lane", lane),
        new KeyValuePair<string, object?>("messaging.destination.name", tier));

    /// <summary>A provider answered finally: no further attempt can change it.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="app">The app; bounded by the configuration.</param>
    /// <param name="age">The time since Kafka first took the push, or since it was due, whichever is shorter.</param>
    public void PushAnswered(string lane, string app, TimeSpan age) => _ages.Record(
        Math.Max(0, age.TotalSeconds), // clocks differ
        new KeyValuePair<string, object?>("dispatcher.lane", lane),
        new KeyValuePair<string, object?>("dispatcher.app", app));

    /// <summary>An invalid token was reported.</summary>
    /// <param name="provider">Who said so.</param>
    /// <param name="app">The app; bounded by the configuration.</param>
    public void TokenReported(string provider, string app) => _invalidTokens.Add(
        1, new KeyValuePair<string, object?>("dispatcher.provider", provider), new KeyValuePair<string, object?>("dispatcher.app", app));

    /// <summary>A push met something that nobody foresaw.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="exception">The exception's type.</param>
    public void DispatchFailed(string lane, string exception) => _failed.Add(
        1, new KeyValuePair<string, object?>("dispatcher.lane", lane), new KeyValuePair<string, object?>("error.type", exception));
}
