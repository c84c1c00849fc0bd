using Dispatcher.Core.Apps;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending.Limits;
using Dispatcher.Core.Telemetry.Health;
using Dispatcher.Worker.Dispatching;

namespace Dispatcher.Worker.Health;

/// <summary>How the worker is: whether it lives, whether it is ready, and all that an operator may want to know.</summary>
internal sealed class WorkerHealth(
    DispatchService dispatch,
    RecordProducer producer,
    AppCatalog apps,
    AppWatch watch,
    CredentialHealth credentials,
    IReadOnlyDictionary<Provider, AppGates> gates,
    TimeProvider time)
{
    /// <summary>A pump goes round several times a second; after so long it is stuck, and only a restart helps.</summary>
    public static readonly TimeSpan StuckAfter = TimeSpan.FromSeconds(30);

    /// <summary>How long Kafka may take to give a sign of life.</summary>
    private static readonly TimeSpan KafkaPatience = TimeSpan.FromSeconds(2);

    /// <summary>Whether every pump goes round.</summary>
    public bool IsAlive => dispatch.SinceLastRound < StuckAfter;

    /// <summary>Why it does not do its share; <see langword="null"/> when it does. What is wrong with an app is none of it.</summary>
    public async Task<string?> UnreadinessAsync() =>
        dispatch.IsDraining ? "draining"
        : !dispatch.IsAssigned ? "not every lane has its share of partitions yet"
        : !await IsKafkaReachableAsync() ? "Kafka does not answer"
        : null;

    /// <summary>Everything.</summary>
    public async Task<HealthReport> ReportAsync()
    {
        var isReachable = await IsKafkaReachableAsync();
        return new HealthReport(
            "dispatcher-worker",
            [
                new("kafka:connectivity", null, isReachable ? HealthStatus.Pass : HealthStatus.Fail, isReachable ? null : "Kafka does not answer"),
                .. dispatch.Lanes.SelectMany(Pumps),
                .. dispatch.Lanes.Select(Lane),
                .. dispatch.DownEndpoints.Select(endpoint => new HealthCheck(
                    "provider:breaker", endpoint, HealthStatus.Warn, "its breaker is open: its pushes are held until it answers again")),
                .. watch.Problems.Select(problem => new HealthCheck("apps:configuration", null, HealthStatus.Warn, problem)),
                .. apps.Apps.OrderBy(app => app.Name, StringComparer.Ordinal).Select(app => credentials.Of(app, gates[app.Provider].StateOf(app.Name))),
            ],
            time.GetUtcNow());
    }

    private IEnumerable<HealthCheck> Pumps(LaneWorker lane) => lane.Pumps.Select(pump => new HealthCheck(
        "pump:age",
        pump.Name,
        pump.SinceLastRound >= StuckAfter ? HealthStatus.Fail : pump.IsAssigned && !dispatch.IsDraining ? HealthStatus.Pass : HealthStatus.Warn,
        pump.SinceLastRound >= StuckAfter ? "it is stuck: restart the worker"
            : dispatch.IsDraining ? "draining"
            : pump.IsAssigned ? null : "it has no share of partitions yet")
    {
        ObservedValue = pump.SinceLastRound.TotalSeconds,
        ObservedUnit = "s",
    });

    private static HealthCheck Lane(LaneWorker lane)
    {
        string[] reasons = [.. lane.Watch.Pauses().Where(pause => pause.Applies).Select(pause => pause.Reason)];
        var load = lane.Watch.Load();
        return new HealthCheck(
            "lane:oldestUnsettled",
            lane.Name,
            reasons.Contains("unreadable") ? HealthStatus.Warn : HealthStatus.Pass, // the other reasons come and go with the load
            reasons.Length > 0 ? $"partitions are paused: {string.Join(", ", reasons)}" : null)
        {
            ObservedValue = load.OldestUnsettled.TotalSeconds,
            ObservedUnit = "s",
            Details =
            [
                ("partitions", load.Partitions), ("lag", load.Lag), ("inFlight", load.InFlight), ("queued", load.Queued), ("delayed", load.Delayed),
                ("pausedReasons", reasons),
            ],
        };
    }

    private Task<bool> IsKafkaReachableAsync() => Task.Run(() => producer.IsReachable(KafkaPatience));
}
