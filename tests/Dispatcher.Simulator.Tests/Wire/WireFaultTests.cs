using Dispatcher.Simulator.Control;
using Dispatcher.Simulator.Wire;

namespace Dispatcher.Simulator.Tests.Wire;

/// <summary>What .NET's client sees of the faults that only the wire ports know.</summary>
public sealed class WireFaultTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SimulatorFixture _fixture = new() { IsOnWire = true };

    public Task InitializeAsync() => _fixture.InitializeAsync();

    public Task DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_push_above_the_last_stream_goes_again_by_itself_and_is_taken_once()
    {
        Faults.Set(new Fault { Kind = FaultKind.GoAway, LastStream = GoAwayReach.Before, Debug = """{"reason":"Shutdown"}""", Count = 1 });

        var answer = await new ApnsPush().SendAsync(_fixture);

        Assert.Equal((200, 2), (answer.Status, _fixture.Providers.ApnsWire.Accepted));
        Assert.Equal(1, _fixture.Providers.Ledger.Summarize().Total);
    }

    [Theory]
    [InlineData(GoAwayEnd.Close, FaultMoment.Before, 0)]
    [InlineData(GoAwayEnd.Close, FaultMoment.Accepted, 1)]
    [InlineData(GoAwayEnd.Drop, FaultMoment.Accepted, 1)]
    public async Task A_push_at_the_last_stream_that_is_not_answered_may_have_been_taken(GoAwayEnd then, FaultMoment after, int taken)
    {
        await new ApnsPush().SendAsync(_fixture);
        Faults.Set(new Fault { Kind = FaultKind.GoAway, Code = 2, Then = then, After = after, Count = 1 });

        await Assert.ThrowsAsync<HttpRequestException>(() => new ApnsPush().SendAsync(_fixture));

        Assert.Equal(1 + taken, _fixture.Providers.Ledger.Summarize().Total);
    }

    [Fact]
    public async Task A_frozen_connection_stands_still_until_the_fault_is_taken_away()
    {
        await new ApnsPush().SendAsync(_fixture);
        Faults.Set(new Fault { Kind = FaultKind.Freeze, Count = 1 });
        var struck = new ApnsPush().SendAsync(_fixture);
        await Eventually(() => Faults.Current[0].Struck == 1);
        var behind = new ApnsPush().SendAsync(_fixture);

        Assert.Equal(1, _fixture.Providers.Ledger.Summarize().Total);
        Faults.Clear();

        Assert.Equal(200, (await struck.WaitAsync(Patience)).Status);
        Assert.Equal(200, (await behind.WaitAsync(Patience)).Status);
        Assert.Equal(3, _fixture.Providers.Ledger.Summarize().Accepted);
    }

    [Fact]
    public async Task A_fault_that_needs_the_wire_spares_the_other_port()
    {
        Faults.Set(new Fault { Kind = FaultKind.Freeze });
        using var request = SimulatorFixture.Http2(HttpMethod.Get, _fixture.Manifest.Apns + "/nowhere");

        Assert.Equal(405, (await _fixture.SendAsync(request)).Status);
        Assert.Equal(0, Faults.Current[0].Struck);
    }

    [Fact]
    public async Task Connections_are_shown_changed_and_sent_away_by_the_control_api()
    {
        await new ApnsPush().SendAsync(_fixture);

        var shown = (await _fixture.ControlAsync(HttpMethod.Get, "/wire/apns")).Json;
        var changed = await _fixture.ControlAsync(HttpMethod.Put, "/wire/apns", """{"maxStreams":5}""");
        var away = await _fixture.ControlAsync(HttpMethod.Post, "/wire/apns/goaway?connection=1", """{"code":0,"debug":"{}","then":"drain"}""");
        var refused = await _fixture.ControlAsync(HttpMethod.Put, "/wire/apns", """{"maxStreams":-5}""");
        var unknown = await _fixture.ControlAsync(HttpMethod.Get, "/wire/hms");

        Assert.Equal((1000, 1), (shown.GetProperty("profile").GetProperty("maxStreams").GetInt32(), shown.GetProperty("accepted").GetInt32()));
        Assert.Equal(1, shown.GetProperty("connections")[0].GetProperty("requests").GetInt32());
        Assert.Equal((204, 400, 404), (changed.Status, refused.Status, unknown.Status));
        Assert.Equal("""{"lastStreamIds":[1]}""", away.Body);
        Assert.Equal(5, _fixture.Providers.ApnsWire.Profile.MaxStreams);
    }

    private FaultSwitch Faults => _fixture.Providers.ApnsFaults;

    private static async Task Eventually(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, deadline.Token);
    }
}
