namespace Dispatcher.Api.Dashboard;

/// <summary>
/// What the page needs of an instance's metrics: some of them, under the names that they have in <c>/metrics</c>, each summed over the labels that the
/// page does not use. A hundred apps make a few kilobytes of that, not megabytes.
/// </summary>
internal sealed class Figures
{
    /// <summary>The metrics and the labels that are kept.</summary>
    private static readonly (string Metric, string[] Labels)[] Kept =
    [
        (BuildInfo, ["dispatcher_role", "service_version", "service_instance_id"]),
        ("http_server_request_duration_seconds_count", ["http_route", "http_response_status_code"]),
        ("dispatcher_pushes_accepted_total", ["dispatcher_lane", "dispatcher_app"]),
        ("dispatcher_pushes_settled_total", ["dispatcher_lane", "dispatcher_app", "dispatcher_outcome"]),
        ("dispatcher_pushes_dead_lettered_total", ["dispatcher_lane", "dispatcher_reason"]),
        ("dispatcher_pushes_delayed_total", ["dispatcher_lane", "messaging_destination_name"]),
        ("dispatcher_attempt_duration_seconds_bucket", ["dispatcher_provider", "le"]),
        ("dispatcher_push_age_seconds_bucket", ["dispatcher_lane", "le"]),
        ("dispatcher_lane_oldest_unsettled_seconds", ["dispatcher_lane"]),
        ("dispatcher_lane_lag", ["dispatcher_lane"]),
        ("dispatcher_lane_delayed", ["dispatcher_lane"]),
        ("dispatcher_lane_partitions", ["dispatcher_lane"]),
        ("dispatcher_lane_in_flight", ["dispatcher_lane"]),
        ("dispatcher_lane_queued", ["dispatcher_lane"]),
        ("dispatcher_lane_paused", ["dispatcher_lane", "dispatcher_reason"]),
        ("dispatcher_breaker_open", ["dispatcher_breaker", "dispatcher_endpoint", "dispatcher_app"]),
        ("dispatcher_app_concurrency_limit", ["dispatcher_app"]),
        ("dispatcher_app_in_flight", ["dispatcher_app"]),
        ("dispatcher_credential_token_age_seconds", ["dispatcher_app"]),
        ("dispatcher_credential_life_left_seconds", ["dispatcher_app"]),
        ("dispatcher_attempts_duplicate_risk_total", ["dispatcher_provider"]),
    ];

    private const string BuildInfo = "dispatcher_build_info";

    private static readonly Dictionary<string, Figure> Empty = [];

    private static readonly Dictionary<string, (string Metric, string[] Labels)> ByName = Kept.ToDictionary(kept => kept.Metric, StringComparer.Ordinal);

    private readonly Dictionary<string, Dictionary<string, Figure>> _metrics = new(StringComparer.Ordinal);

    private Figures()
    {
    }

    /// <summary>The metrics, each with its figures.</summary>
    public IEnumerable<(string Metric, IEnumerable<Figure> Figures)> All =>
        _metrics.Select(metric => (metric.Key, metric.Value.Values.AsEnumerable()));

    /// <summary>Which process they are of; nothing when it is none of ours.</summary>
    public Figure? Build => _metrics.GetValueOrDefault(BuildInfo, Empty).Values.FirstOrDefault();

    /// <summary>Every metric that the page knows.</summary>
    public static IEnumerable<string> Names => ByName.Keys;

    /// <summary>Reads a page of metrics.</summary>
    /// <param name="text">Prometheus' text format.</param>
    public static Figures Read(string text)
    {
        var figures = new Figures();
        MetricsText.Read(text, ByName, (kept, labels, value) => figures.Add(kept.Metric, kept.Labels, labels, value));
        return figures;
    }

    private void Add(string metric, string[] kept, Dictionary<string, string> labels, double value)
    {
        if (!_metrics.TryGetValue(metric, out var figures))
            _metrics[metric] = figures = new(StringComparer.Ordinal);
        string?[] values = [.. kept.Select(labels.GetValueOrDefault)];
        var key = string.Join('\0', values);
        figures[key] = figures.TryGetValue(key, out var known) ? known with { Value = known.Value + value } : new Figure(kept, values, value);
    }
}

/// <summary>One figure.</summary>
/// <param name="Labels">What is said of it.</param>
/// <param name="Values">And what that is; nothing where it is not said.</param>
/// <param name="Value">How much it is.</param>
internal sealed record Figure(string[] Labels, string?[] Values, double Value)
{
    /// <summary>What a label says.</summary>
    /// <param name="label">The label.</param>
    public string? this[string label] => Values[Array.IndexOf(Labels, label)];
}
