using Dispatcher.Simulator.Wire;
using Dispatcher.Testing;

namespace Dispatcher.Simulator.Tests.Wire;

/// <summary>What a connection's age, idleness and slow start do.</summary>
public sealed class WireTimeTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private readonly SimulatorFixture _fixture;

    public WireTimeTests() => _fixture = new() { IsOnWire = true, Clock = _clock, KeepsProfiles = true };

    public Task InitializeAsync() => _fixture.InitializeAsync();

    public Task DisposeAsync() => _fixture.DisposeAsync();

    [Theory]
    [InlineData(240, "session_timed_out")]
    [InlineData(3600, "max_age")]
    public async Task Fcm_ends_what_is_idle_or_old(int seconds, string reason)
    {
        Fcm.Profile = Fcm.Profile with { IdleMs = reason == "max_age" ? null : Fcm.Profile.IdleMs };
        await using var connection = await OpenAsync();

        _clock.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal((0, 0, reason), (await connection.ReadAsync(RawFrame.GoAway)).Away);
    }

    [Fact]
    public async Task A_request_keeps_it_from_being_idle()
    {
        await using var connection = await OpenAsync();
        _clock.Advance(TimeSpan.FromSeconds(200));
        await connection.WriteFrameAsync(RawFrame.Headers, 5, 1, RawHttp2Connection.Block("/nowhere"));
        await connection.ReadAsync(RawFrame.Headers);

        _clock.Advance(TimeSpan.FromSeconds(200));
        Assert.False(Assert.Single(Fcm.Connections).IsGoingAway);
        _clock.Advance(TimeSpan.FromSeconds(40));

        Assert.Equal((1, 0, "session_timed_out"), (await connection.ReadAsync(RawFrame.GoAway)).Away);
    }

    [Fact]
    public async Task Late_settings_hold_everything_back()
    {
        Fcm.Profile = Fcm.Profile with { SettingsDelayMs = 5003, IdleMs = null, MaxAgeMs = null };
        await using var connection = await RawHttp2Connection.OpenAsync(_fixture, Fcm.Address);
        await connection.WriteFrameAsync(RawFrame.Headers, 5, 1, RawHttp2Connection.Block("/nowhere"));
        await _clock.WaitForTimerAsync(TimeSpan.FromMilliseconds(5003)); // the handshake's deadline waits on the same clock, for longer
        Assert.Equal(0, _fixture.Providers.Ledger.Summarize().Total);

        _clock.Advance(TimeSpan.FromMilliseconds(5003));

        Assert.Equal(100, (await connection.GreetingAsync()).StreamLimit);
        Assert.Equal(404, (await connection.ReadAsync(RawFrame.Headers)).Status);
    }

    private WireServer Fcm => _fixture.Providers.FcmWire;

    private async Task<RawHttp2Connection> OpenAsync()
    {
        var connection = await RawHttp2Connection.OpenAsync(_fixture, Fcm.Address);
        await connection.GreetingAsync();
        // An answer to it says that the clocks are running.
        await connection.WriteFrameAsync(RawFrame.Ping, 0, 0, new byte[8]);
        await connection.ReadAsync(RawFrame.Ping);
        return connection;
    }
}
