using BenchmarkDotNet.Attributes;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Sending.Limits;
using Dispatcher.Core.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Micro;

/// <summary>An app's limits, free to pass: device's rest, breaker, rate, permit, and what they learn of the answer.</summary>
[MemoryDiagnoser]
public class GateBenchmarks
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(60);
    private static readonly SendOutcome Accepted = new SendOutcome.Accepted("1");
    private static readonly ApnsApp Shop = new("shop-ios", "acme", "com.example.app", new ApnsKeyFile("TEAM000001", "KEY0000001", "/none.p8"), Sandbox: false);

    private readonly PushNotification _push = SamplePush.To(Provider.Apns);
    private readonly AppGate _gate = new(
        Shop, new TokenBucket(1e9, 1e9, TimeSpan.Zero, TimeProvider.System), new LimitOptions(), new SendingMetrics(new UnobservedMeters()), TimeProvider.System,
        NullLogger.Instance);

    [Benchmark]
    public async Task EnterAndLeave() => _gate.Leave(await _gate.EnterAsync(_push, CancellationToken.None), _push, Accepted, Latency, TimeProvider.System.GetTimestamp());
}
