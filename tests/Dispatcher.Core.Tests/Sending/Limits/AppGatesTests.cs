using Dispatcher.Core.Apps;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Sending.Limits;
using Dispatcher.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Core.Tests.Sending.Limits;

/// <summary>Apps come, change and go while pushes are behind their gates.</summary>
public sealed class AppGatesTests : IDisposable
{
    private static readonly PushNotification Push = new()
    {
        Id = Guid.Parse("019A5B00-AAAA-7BBB-8CCC-DDDDEEEEFFFF"),
        App = "shop",
        Target = Target.Token("7f3a"),
        AcceptedAt = DateTimeOffset.UnixEpoch,
    };

    private readonly FakeTimeProvider _time = new();
    private readonly RecordedMetrics _metrics = new();
    private readonly AppGates _gates;

    public AppGatesTests() => _gates = new AppGates(
        Provider.Apns, [App("shop")], new LimitOptions(), _metrics.Sending, _time, NullLogger<AppGates>.Instance);

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public void A_new_app_gets_a_gate_and_the_others_keep_theirs()
    {
        var gate = _gates.Find("shop");

        _gates.Adopt([App("shop"), App("news")]);

        Assert.Same(gate, _gates.Find("shop"));
        Assert.NotNull(_gates.Find("news"));
    }

    [Fact]
    public async Task Another_key_opens_a_gate_that_the_old_one_had_closed()
    {
        var gate = _gates.Find("shop")!;
        var entry = await gate.EnterAsync(Push, default);
        gate.Leave(entry, Push, new SendOutcome.Misconfigured { Reason = "InvalidProviderToken" }, TimeSpan.Zero, _time.GetTimestamp());
        Assert.False(gate.IsOpen);

        _gates.Adopt([App("shop") with { Revision = "2" }]);

        Assert.True(_gates.Find("shop")!.IsOpen);
    }

    [Fact]
    public async Task A_push_behind_the_gate_of_an_app_that_is_gone_leaves_by_it_and_nothing_is_observed_any_more()
    {
        var gate = _gates.Find("shop")!;
        var entry = await gate.EnterAsync(Push, default);

        _gates.Adopt([]);

        Assert.Null(_gates.Find("shop"));
        Assert.Empty(_metrics.Observe("dispatcher.app.in_flight"));
        Assert.Null(gate.Leave(entry, Push, new SendOutcome.Accepted("1"), TimeSpan.Zero, _time.GetTimestamp()));
    }

    private static ApnsApp App(string name) =>
        new(name, "acme", "com.example", new ApnsKeyFile("TEAM000001", "KEY0000001", "/none.p8"), Sandbox: false);
}
