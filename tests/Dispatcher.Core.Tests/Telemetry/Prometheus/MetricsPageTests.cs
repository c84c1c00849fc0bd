using System.Diagnostics.Metrics;
using Dispatcher.Core.Telemetry;
using Dispatcher.Core.Telemetry.Prometheus;

namespace Dispatcher.Core.Tests.Telemetry.Prometheus;

/// <summary>What Prometheus reads, from real instruments through the SDK. Meters are global, so each test has one of its own name.</summary>
public sealed class MetricsPageTests : IDisposable
{
    private readonly MetricsPage _page = new("test", otlp: false);
    private readonly Meter _meter = new($"Dispatcher.Test.{nameof(MetricsPageTests)}");

    [Fact]
    public void Counters_add_up_by_label()
    {
        var counter = _meter.CreateCounter<long>("dispatcher.page.counted", "{push}", "Pushes.\nAll of them.");
        counter.Add(2, new KeyValuePair<string, object?>("dispatcher.app", "a"));
        counter.Add(3, new KeyValuePair<string, object?>("dispatcher.app", "b"));
        counter.Add(1, new KeyValuePair<string, object?>("dispatcher.app", "a"));

        Assert.Equal(
            [
                "# HELP dispatcher_page_counted_total Pushes.\\nAll of them.",
                "# TYPE dispatcher_page_counted_total counter",
                "dispatcher_page_counted_total{dispatcher_app=\"a\"} 3",
                "dispatcher_page_counted_total{dispatcher_app=\"b\"} 3",
            ],
            Lines("dispatcher_page_counted"));
    }

    [Fact]
    public void Buckets_are_cumulative_and_end_with_infinity()
    {
        var histogram = _meter.CreateHistogram(
            "dispatcher.page.lasted", "s", "How long.", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        foreach (var seconds in (double[])[0.05, 0.1, 0.5, 7])
            histogram.Record(seconds);

        Assert.Equal(
            [
                "# HELP dispatcher_page_lasted_seconds How long.",
                "# TYPE dispatcher_page_lasted_seconds histogram",
                "dispatcher_page_lasted_seconds_bucket{le=\"0.1\"} 2",
                "dispatcher_page_lasted_seconds_bucket{le=\"1\"} 3",
                "dispatcher_page_lasted_seconds_bucket{le=\"+Inf\"} 4",
                "dispatcher_page_lasted_seconds_sum 7.65",
                "dispatcher_page_lasted_seconds_count 4",
            ],
            Lines("dispatcher_page_lasted"));
    }

    [Fact]
    public void Gauges_are_asked_each_time()
    {
        var value = 1.5;
        _meter.CreateObservableGauge("dispatcher.page.asked", () => value, "By");

        Assert.Equal("dispatcher_page_asked_bytes 1.5", Lines("dispatcher_page_asked")[^1]);
        value = double.NaN;
        Assert.Equal("dispatcher_page_asked_bytes NaN", Lines("dispatcher_page_asked")[^1]);
    }

    /// <summary>An app that is removed: what is not observed any more is gone, not frozen.</summary>
    [Fact]
    public void A_series_that_its_gauge_does_not_name_any_more_is_gone()
    {
        string[] apps = ["a", "b"];
        _meter.CreateObservableGauge(
            "dispatcher.page.left", () => apps.Select(app => new Measurement<int>(1, new KeyValuePair<string, object?>("dispatcher.app", app))));
        Assert.Equal(3, Lines("dispatcher_page_left").Length);

        apps = ["b"];

        Assert.Equal(["# TYPE dispatcher_page_left gauge", "dispatcher_page_left{dispatcher_app=\"b\"} 1"], Lines("dispatcher_page_left"));
    }

    [Fact]
    public void Many_apps_have_a_series_each_and_keep_the_buckets_that_the_code_advises()
    {
        using var meters = new UnobservedMeters();
        var dispatch = new DispatchMetrics(meters);
        for (var app = 0; app < 5_000; app++)
            dispatch.PushAnswered("many.apps", $"app-{app}", TimeSpan.FromSeconds(1));

        Assert.Equal(5_000, Lines("dispatcher_push_age_seconds_count").Count(line => line.Contains("\"many.apps\"", StringComparison.Ordinal)));
        Assert.Equal(
            ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "30", "60", "120", "300", "600", "1800", "3600", "+Inf"],
            Lines("dispatcher_push_age_seconds_bucket").Where(line => line.Contains("\"app-7\"", StringComparison.Ordinal)).Select(line => line.Split('"')[5]));
    }

    [Fact]
    public void Labels_are_escaped_and_absent_ones_left_out()
    {
        var counter = _meter.CreateCounter<long>("dispatcher.page.escaped");
        counter.Add(1, new KeyValuePair<string, object?>("a.b", "q\"\\\n"), new KeyValuePair<string, object?>("none", null));

        Assert.Equal("""dispatcher_page_escaped_total{a_b="q\"\\\n"} 1""", Lines("dispatcher_page_escaped")[^1]);
    }

    [Fact]
    public void Instruments_of_one_name_stand_together()
    {
        using var other = new Meter($"Dispatcher.Test.{nameof(MetricsPageTests)}.Other");
        _meter.CreateCounter<long>("dispatcher.page.shared").Add(1, new KeyValuePair<string, object?>("of", "one"));
        _meter.CreateCounter<long>("dispatcher.page.shared2").Add(1);
        other.CreateCounter<long>("dispatcher.page.shared").Add(1, new KeyValuePair<string, object?>("of", "other"));

        Assert.Equal(
            [
                "# TYPE dispatcher_page_shared_total counter", "dispatcher_page_shared_total{of=\"one\"} 1", "dispatcher_page_shared_total{of=\"other\"} 1",
            ],
            Lines("dispatcher_page_shared_total"));
    }

    [Fact]
    public void The_runtime_is_on_the_page_too() => Assert.NotEmpty(Lines("dotnet_gc_"));

    public void Dispose()
    {
        _meter.Dispose();
        _page.Dispose();
    }

    private string[] Lines(string name) =>
        [.. _page.Read().Split('\n').Where(line => line.Replace("# HELP ", "", StringComparison.Ordinal).Replace("# TYPE ", "", StringComparison.Ordinal).StartsWith(name, StringComparison.Ordinal))];
}
