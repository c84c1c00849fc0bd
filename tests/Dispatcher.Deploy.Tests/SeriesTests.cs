using Dispatcher.Deploy.Tests.Grafana;
using Dispatcher.Deploy.Tests.Prometheus;

namespace Dispatcher.Deploy.Tests;

/// <summary>What rules and dashboards ask for, against the instruments that there are. The real pages are asked by <see cref="ScrapeTests"/>.</summary>
public sealed class SeriesTests
{
    /// <summary>Prometheus' own.</summary>
    private static readonly HashSet<string> Own = ["up", "ALERTS"];

    [Fact]
    public void Every_series_that_a_rule_or_a_dashboard_names_is_made_by_an_instrument_or_a_rule() => Checkout.AssertNone(
        from asked in RuleFile.Asked.Concat(Dashboard.Asked)
        where !Own.Contains(asked.Series) && !RuleFile.Recorded.Contains(asked.Series) && !Instruments.Series.Contains(asked.Series)
        select $"{asked.Where}: {asked.Series}");

    [Fact]
    public void The_instruments_are_found() =>
        Assert.Superset(
            new HashSet<string>
            {
                "dispatcher_pushes_settled_total", "dispatcher_attempt_duration_seconds_bucket", "dispatcher_connections_sent_bytes_total",
                "dispatcher_breaker_open", "dispatcher_batch_running", "dispatcher_admission_backlog_partition_bytes",
            },
            Instruments.Series.ToHashSet());
}
