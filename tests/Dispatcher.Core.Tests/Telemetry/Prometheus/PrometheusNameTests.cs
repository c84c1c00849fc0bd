using Dispatcher.Core.Telemetry.Prometheus;
using OpenTelemetry.Metrics;

namespace Dispatcher.Core.Tests.Telemetry.Prometheus;

public sealed class PrometheusNameTests
{
    [Theory]
    [InlineData("dispatcher.pushes.settled", "{push}", MetricType.LongSum, "dispatcher_pushes_settled_total")]
    [InlineData("dispatcher.attempt.duration", "s", MetricType.Histogram, "dispatcher_attempt_duration_seconds")]
    [InlineData("dispatcher.connections.sent", "By", MetricType.LongSum, "dispatcher_connections_sent_bytes_total")]
    [InlineData("dispatcher.queue.bytes", "By", MetricType.LongGauge, "dispatcher_queue_bytes")]
    [InlineData("dispatcher.breaker.open", "{breaker}", MetricType.LongGauge, "dispatcher_breaker_open")]
    [InlineData("dispatcher.budget", "1", MetricType.DoubleGauge, "dispatcher_budget_ratio")]
    [InlineData("dispatcher.hits", "1", MetricType.LongSum, "dispatcher_hits_total")]
    [InlineData("dotnet.gc.total", "{object}", MetricType.LongSum, "dotnet_gc_total")]
    [InlineData("2xx", "", MetricType.LongSumNonMonotonic, "_2xx")]
    public void Names_are_those_of_the_specification(string name, string unit, MetricType type, string expected) =>
        Assert.Equal(expected, PrometheusName.Of(name, unit, type));
}
