using BenchmarkDotNet.Attributes;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Sending.Limits;
using Dispatcher.Core.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Micro;

/// <summary>What the sender adds to a push: a thousand in flight, each a loop's, with a provider that costs nothing and answers later.</summary>
[MemoryDiagnoser]
public class SenderBenchmarks
{
    private const int Loops = 1_000;
    private const int PushesPerLoop = 20;

    private readonly PushNotification _push = SamplePush.To(Provider.Apns) with { TimeToLive = null };
    private LateProvider _provider = null!;
    private PushSender _sender = null!;
    private int _running;

    /// <summary>Whether what follows an answer runs on the thread pool, or on the thread that brings the answer.</summary>
    [Params(false, true)]
    public bool Hops { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var metrics = new SendingMetrics(new UnobservedMeters());
        App[] apps = [new ApnsApp(_push.App, "acme", "com.example.app", new ApnsKeyFile("TEAM000001", "KEY0000001", "/none.p8"), Sandbox: false)];
        var limits = new LimitOptions { MinConcurrency = Loops, MaxConcurrency = Loops };
        var gates = new AppGates(Provider.Apns, apps, limits, metrics, TimeProvider.System, NullLogger<AppGates>.Instance);
        _provider = new LateProvider(Hops);
        _sender = new PushSender(
            _provider, gates, new SendingOptions(), metrics, TimeProvider.System, () => 0.5, NullLogger<PushSender>.Instance);
    }

    [Benchmark(OperationsPerInvoke = Loops * PushesPerLoop)]
    public void Send()
    {
        _running = Loops;
        for (var loop = 0; loop < Loops; loop++)
            _ = LoopAsync();
        while (Volatile.Read(ref _running) > 0)
            _provider.Answer();
    }

    private async Task LoopAsync()
    {
        for (var sent = 0; sent < PushesPerLoop; sent++)
        {
            if ((await _sender.SendAsync(_push, CancellationToken.None)).Outcome.Kind != OutcomeKind.Accepted)
                throw new InvalidOperationException("The provider accepts everything.");
        }

        Interlocked.Decrement(ref _running);
    }
}
