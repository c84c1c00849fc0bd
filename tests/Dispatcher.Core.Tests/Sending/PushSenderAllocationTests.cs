using Dispatcher.Core.Apps;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Sending.Limits;
using Dispatcher.Core.Tests.Pushes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Core.Tests.Sending;

/// <summary>Guards of what the sender adds to a push that waits for its answer. A bound is a little above what was measured when it was set.</summary>
public sealed class PushSenderAllocationTests : IDisposable
{
    private const int InFlight = 1_000;
    private const int Rounds = 20;

    private readonly RecordedMetrics _metrics = new();
    private readonly LateProvider _provider = new();
    private readonly PushNotification _push = UsualPush.To(Provider.Apns) with { TimeToLive = null };
    private readonly PushSender _sender;

    public PushSenderAllocationTests()
    {
        var limits = new LimitOptions { MinConcurrency = InFlight, MaxConcurrency = InFlight };
        App[] apps = [new ApnsApp(_push.App, "acme", "com.example.shop", new ApnsKeyFile("TEAM000001", "KEY0000001", "/none.p8"), Sandbox: false)];
        var metrics = _metrics.Sending;
        _metrics.Dispose(); // nobody listens: what a listener allocates is its own
        _sender = new PushSender(
            _provider,
            new AppGates(Provider.Apns, apps, limits, metrics, TimeProvider.System, NullLogger<AppGates>.Instance),
            new SendingOptions(),
            metrics,
            TimeProvider.System,
            () => 0.5,
            NullLogger<PushSender>.Instance);
    }

    public void Dispose() => _metrics.Dispose();

    /// <summary>A dispatch loop sends one push after the other.</summary>
    [Fact]
    public async Task A_loop_s_next_push_allocates_nothing() => Assert.InRange(
        await AloneAsync(() =>
        {
            for (var loop = 0; loop < InFlight; loop++)
                _ = LoopAsync();
            return () => { };
        }),
        0,
        8); // 0 B

    [Fact]
    public async Task A_push_by_itself_allocates_its_state() => Assert.InRange(
        await AloneAsync(() => () =>
        {
            for (var loop = 0; loop < InFlight; loop++)
                _ = _sender.SendAsync(_push, CancellationToken.None);
        }),
        0,
        600); // 536 B

    /// <summary>Bytes a push, on a thread without a synchronization context.</summary>
    private Task<double> AloneAsync(Func<Action> start) => Task.Run(() =>
    {
        var round = start();
        var before = 0L;
        for (var rounds = -Rounds; rounds < Rounds; rounds++)
        {
            if (rounds == 0) // what is made once is made
                before = GC.GetAllocatedBytesForCurrentThread();
            round();
            _provider.Answer();
        }

        return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / (InFlight * Rounds);
    });

    private async Task LoopAsync()
    {
        while (true)
            await _sender.SendAsync(_push, CancellationToken.None);
    }
}
