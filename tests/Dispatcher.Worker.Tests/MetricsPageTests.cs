using System.Text;
using Confluent.Kafka;
using Dispatcher.Testing;
using Dispatcher.Worker.Tests.Engine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Worker.Tests;

/// <summary>What a worker tells Prometheus and a collector, from outside of its process.</summary>
public sealed class MetricsPageTests
{
    [Fact]
    public async Task A_page_of_a_worker_is_read_by_a_strict_reader_and_says_what_is_so()
    {
        await using var worker = WorkerProcess.Start();
        await worker.SaysAsync("Now listening on: ");
        await worker.Cluster.ProduceAsync(new Message<byte[]?, byte[]?> { Value = "no push"u8.ToArray() });
        await worker.Cluster.ProduceAsync(new Message<byte[]?, byte[]?> { Value = Samples.Encode(Samples.Push()) }); // its provider never says a word

        var page = await Eventually.GetAsync(
            async () => new PrometheusPage(await worker.GetAsync("/metrics")),
            page => page.Sum("dispatcher_pushes_dead_lettered_total") == 1 && page.Sum("dispatcher_lane_in_flight") == 1 && page.Sum("dispatcher_lane_lag") == 1,
            "the page",
            page => string.Join('\n', page.Series));

        Assert.Equal(1, page.Sum("dispatcher_pushes_dead_lettered_total", "dispatcher_lane=\"apns.urgent\"", "dispatcher_reason=\"undecodable\""));
        Assert.Equal(1, page.Sum("dispatcher_build_info", "dispatcher_role=\"worker\"", "service_version=\"", "service_instance_id=\""));
        Assert.Equal(4, page.Sum("dispatcher_lane_partitions"));
        Assert.Equal(20, page.Series.Keys.Count(series => series.StartsWith("dispatcher_lane_paused{", StringComparison.Ordinal))); // four lanes, five reasons
        Assert.Equal(0, page.Sum("dispatcher_lane_paused"));
        Assert.True(page.Sum("dispatcher_lane_oldest_unsettled_seconds", "dispatcher_lane=\"apns.urgent\"") > 0);
        Assert.Equal(8, page.Series.Keys.Count(series => series.StartsWith("dispatcher_kafka_commit_age_seconds{", StringComparison.Ordinal)));
        Assert.True(page.Sum("dispatcher_kafka_rebalances_total", "dispatcher_kind=\"assigned\"") >= 8);
        Assert.Equal("histogram", page.Types["dispatcher_kafka_hand_off_duration_seconds"]);
        Assert.True(page.Sum("dispatcher_retry_budget", $"dispatcher_app=\"{Samples.Ios}\"") > 0);
        Assert.Null(page.Sum("dispatcher_app_rate_tokens")); // APNs has no rate by default
    }

    [Fact]
    public async Task With_an_endpoint_in_the_environment_a_collector_gets_the_metrics_too()
    {
        var received = new TaskCompletionSource<(string Type, string Body)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var collector = builder.Build();
        collector.MapPost("/v1/metrics", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            if (Encoding.Latin1.GetString(body.ToArray()) is var text && text.Contains("dispatcher.lane.oldest_unsettled", StringComparison.Ordinal))
                received.TrySetResult((request.ContentType ?? "", text)); // the first may come before there are lanes
            return Results.Bytes([], "application/x-protobuf");
        });
        await collector.StartAsync();

        await using var worker = WorkerProcess.Start(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Urls.Single()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "500"));

        var (type, message) = await received.Task.WaitAsync(Eventually.Patience);
        Assert.Equal("application/x-protobuf", type);
        Assert.Contains("dispatcher-worker", message, StringComparison.Ordinal);
    }
}
