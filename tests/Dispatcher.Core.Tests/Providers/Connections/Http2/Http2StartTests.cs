using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Providers.Connections.Http2;

namespace Dispatcher.Core.Tests.Providers.Connections.Http2;

/// <summary>The first words of both ends.</summary>
public sealed class Http2StartTests
{
    [Fact]
    public async Task The_client_says_what_it_takes_and_acknowledges_what_the_peer_takes()
    {
        await using var stage = await Http2Stage.OpenAsync();
        await stage.Peer.SyncAsync();

        var frames = stage.Peer.Frames;
        Assert.Equal((Frame.Settings, 0), (frames[0].Type, frames[0].Flags));
        Assert.Equal([0, 2, 0, 0, 0, 0, 0, 4, 0, 0, 0xff, 0xff], frames[0].Payload); // no pushes from the peer; 65,535 bytes a stream
        Assert.Equal((Frame.WindowUpdate, 0, (1024 * 1024) - 65_535u), (frames[1].Type, frames[1].Stream, frames[1].Number));
        Assert.Single(frames, frame => frame is { Type: Frame.Settings, Flags: Frame.Ack, Payload: [] });
    }

    [Fact]
    public async Task Longer_bodies_get_a_larger_window()
    {
        await using var stage = await Http2Stage.OpenAsync(change: settings => settings with { MaxBodyBytes = 100_000 });
        await stage.Peer.SyncAsync();

        Assert.Equal([0, 1, 0xc6, 0xa0], stage.Peer.Frames[0].Payload[8..]); // and a frame
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")]
    [InlineData("\0\0\b\u0006\0\0\0\0\0pingping")] // a ping
    [InlineData("\0\0\0\u0004\u0001\0\0\0\0")] // an acknowledgement
    [InlineData("\0\0\u0005\u0004\0\0\0\0\0short")] // cut off
    [InlineData("\0\u0040\u0001\u0004\0\0\0\0\0")] // larger than anybody allowed
    public async Task A_peer_that_begins_with_anything_but_its_settings_is_not_dialled(string word)
    {
        await using var stage = await Http2Stage.DialAsync(connected: connection => connection.SendAsync([.. word.Select(c => (byte)c)]));

        var failure = await Assert.ThrowsAsync<DialException>(() => stage.Client.StartAsync(default).WaitAsync(Pools.Patience));

        Assert.Equal("HttpProtocolError", failure.Word);
        await stage.Peer.Ended;
    }

    [Fact]
    public async Task A_peer_that_hangs_up_is_not_dialled()
    {
        await using var stage = await Http2Stage.DialAsync(connected: connection =>
        {
            connection.Close();
            return Task.CompletedTask;
        });

        Assert.Equal("ResponseEnded", (await Assert.ThrowsAsync<DialException>(() => stage.Client.StartAsync(default).WaitAsync(Pools.Patience))).Word);
    }

    [Fact]
    public async Task A_peer_that_says_nothing_is_waited_for_ten_seconds()
    {
        await using var stage = await Http2Stage.DialAsync(connected: _ => Task.CompletedTask);
        var start = stage.Client.StartAsync(default);
        await stage.Time.WaitForTimersAsync();

        stage.Time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.False(start.IsCompleted);
        stage.Time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal("ConnectTimeout", (await Assert.ThrowsAsync<DialException>(() => start.WaitAsync(Pools.Patience))).Word);
    }

    [Fact]
    public async Task Who_gives_up_dialling_is_not_kept()
    {
        await using var stage = await Http2Stage.DialAsync(connected: _ => Task.CompletedTask);
        using var deadline = new CancellationTokenSource();
        var start = stage.Client.StartAsync(deadline.Token);
        await deadline.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start.WaitAsync(Pools.Patience));
    }

    [Fact]
    public async Task Who_listens_after_the_peer_has_gone_is_told_at_once()
    {
        await using var stage = await Http2Stage.DialAsync();
        await stage.Client.StartAsync(default);
        stage.Peer.Close();
        await stage.Peer.Ended;
        await Pools.UntilAsync(() => IsOver(stage.Client), "it has not ended");

        Assert.Equal(TransportFailure.Lost, (await stage.SendAsync()).Failure);
    }

    [Fact]
    public async Task Who_listens_after_the_peer_has_said_goodbye_is_told_at_once()
    {
        await using var stage = await Http2Stage.DialAsync(connected: async connection =>
        {
            await connection.SettingsAsync();
            await connection.GoAwayAsync(0);
        });
        await stage.Client.StartAsync(default);
        await stage.Peer.SyncAsync();

        Assert.True(IsOver(stage.Client));
    }

    [Fact]
    public async Task Disposing_twice_ends_once()
    {
        await using var stage = await Http2Stage.OpenAsync();
        stage.Client.Dispose();
        stage.Client.Dispose();
        await stage.Peer.Ended;

        Assert.Single(stage.Told, "ends");
        Assert.Same(TransportFailure.Lost, (await stage.SendAsync()).Failure);
    }

    private static bool IsOver(Http2Connection connection)
    {
        var isOver = false;
        connection.Listen(_ => { }, (_, _) => { }, _ => isOver = true);
        return isOver;
    }
}
