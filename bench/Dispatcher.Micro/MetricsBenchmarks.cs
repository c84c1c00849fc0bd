using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Dispatcher.Core.Telemetry;
using Dispatcher.Core.Telemetry.Prometheus;
using Microsoft.Extensions.DependencyInjection;

namespace Dispatcher.Micro;

/// <summary>One event of each kind, with somebody who reads the metrics, as in a worker.</summary>
[MemoryDiagnoser]
public class MetricsBenchmarks
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(60);

    private readonly MetricsPage _page = new("bench", otlp: false);
    private DispatchMetrics _dispatch = null!;
    private SendingMetrics _sending = null!;

    [GlobalSetup]
    public void Setup()
    {
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        (_dispatch, _sending) = (new DispatchMetrics(meters), new SendingMetrics(meters));
    }

    [GlobalCleanup]
    public void Cleanup() => _page.Dispose();

    [Benchmark]
    public void PushSettled() => _dispatch.PushSettled("apns.urgent", "shop-ios", "accepted");

    [Benchmark]
    public void AttemptFinished() => _sending.AttemptFinished("apns", "shop-ios", "accepted", Latency);
}
