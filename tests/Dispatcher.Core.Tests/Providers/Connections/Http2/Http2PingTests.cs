using Dispatcher.Core.Providers.Connections.Http2;
using Dispatcher.Core.Sending;

namespace Dispatcher.Core.Tests.Providers.Connections.Http2;

/// <summary>How a connection notices that nobody is there any more, by a clock that only moves when told to.</summary>
public sealed class Http2PingTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_ping_is_answered_with_its_own_words()
    {
        await using var stage = await Http2Stage.OpenAsync();

        await stage.Peer.SendAsync(Frame.Ping, 0, 0, "whatever"u8.ToArray());
        await stage.Peer.SyncAsync();

        Assert.Contains(stage.Peer.Frames, frame => frame is { Type: Frame.Ping, Flags: Frame.Ack } && frame.Payload.AsSpan().SequenceEqual("whatever"u8));
    }

    [Fact]
    public async Task A_silent_peer_is_pinged_once_per_silence()
    {
        await using var stage = await OpenAsync(pingDelay: 30 * Second);
        Tick(stage, seconds: 29);
        await stage.Peer.SyncAsync(); // was heard
        Assert.Equal(0, stage.Peer.Pings);

        Tick(stage, seconds: 29);
        Assert.Equal(0, stage.Peer.Pings);
        Tick(stage, seconds: 1);
        await Pools.UntilAsync(() => stage.Peer.Pings == 1, "no ping");
        await stage.Peer.SyncAsync();
        Tick(stage, seconds: 31);
        await Pools.UntilAsync(() => stage.Peer.Pings == 2, "no second ping");
        await stage.Peer.SyncAsync();
        Assert.DoesNotContain("ends", stage.Told);
    }

    [Fact]
    public async Task A_peer_that_answers_no_ping_for_twenty_seconds_is_gone()
    {
        await using var stage = await OpenAsync(pingDelay: 30 * Second);
        stage.Peer.AnswersPings = false;
        var request = stage.SendAsync();
        await stage.OpenedAsync(1);
        Tick(stage, seconds: 30);
        await Pools.UntilAsync(() => stage.Peer.Pings == 1, "no ping");

        Tick(stage, seconds: 19);
        Assert.DoesNotContain("ends", stage.Told);
        Tick(stage, seconds: 1);

        Assert.True((await request).Failure is SendOutcome.Ambiguous { Reason: "PingTimeout" });
        await stage.ToldAsync("ends");
        Assert.Equal(1, stage.Peer.Pings);
    }

    [Fact]
    public async Task A_peer_that_answers_requests_but_no_ping_is_there()
    {
        await using var stage = await OpenAsync(pingDelay: 30 * Second);
        stage.Peer.AnswersPings = false;
        Tick(stage, seconds: 30);
        await Pools.UntilAsync(() => stage.Peer.Pings == 1, "no ping");
        Tick(stage, seconds: 15);
        await stage.Peer.SyncAsync();
        Tick(stage, seconds: 15);
        await stage.Peer.SyncAsync();

        Assert.DoesNotContain("ends", stage.Told);
    }

    [Fact]
    public async Task Without_a_delay_there_are_no_pings()
    {
        await using var stage = await OpenAsync(Timeout.InfiniteTimeSpan);
        for (var i = 0; i < 10; i++)
        {
            stage.Time.Advance(TimeSpan.FromHours(1));
            stage.Client.Tick();
        }

        await stage.Peer.SyncAsync();
        Assert.Equal(0, stage.Peer.Pings);
        Assert.DoesNotContain("ends", stage.Told);
    }

    private static Task<Http2Stage> OpenAsync(TimeSpan pingDelay) => Http2Stage.OpenAsync(change: settings => settings with { PingDelay = pingDelay });

    private static void Tick(Http2Stage stage, int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            stage.Time.Advance(Second);
            stage.Client.Tick();
        }
    }
}
