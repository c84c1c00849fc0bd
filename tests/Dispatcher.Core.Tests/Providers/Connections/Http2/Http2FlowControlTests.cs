using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Providers.Connections.Http2;

namespace Dispatcher.Core.Tests.Providers.Connections.Http2;

/// <summary>RFC 9113 §5.2 and §6.9: no more of a body leaves than the peer has room for.</summary>
public sealed class Http2FlowControlTests
{
    private const ushort FirstWindow = 4;

    [Fact]
    public async Task A_body_waits_for_room_on_its_stream()
    {
        await using var stage = await OpenAsync(firstWindow: 10);
        var body = Bytes(25);
        var request = stage.SendAsync(body);

        await ArrivedAsync(stage, 1, 10);
        Assert.Equal(1, stage.Client.Blocked);
        await stage.Peer.WindowAsync(1, 10);
        await ArrivedAsync(stage, 1, 20);
        await stage.Peer.WindowAsync(1, 100);
        await ArrivedAsync(stage, 1, 25);

        Assert.Equal(body, stage.Peer.Body(1));
        Assert.Equal([false, false, true], Data(stage, 1).Select(frame => frame.IsLast));
        Assert.Contains("content-length=25", stage.Peer.Head(1));
        await stage.Peer.AnswerAsync(1);
        Assert.Null((await request).Failure);
        Assert.Equal(0, stage.Client.Blocked);
    }

    [Fact]
    public async Task A_body_that_found_no_room_at_all_leaves_whole_once_there_is()
    {
        await using var stage = await OpenAsync(firstWindow: 0);
        var body = Bytes(25);
        var request = stage.SendAsync(body);
        await ArrivedAsync(stage, 1, 0);
        Assert.Equal([Frame.Headers], stage.Peer.On(1).Select(frame => frame.Type));

        await stage.Peer.WindowAsync(1, 25);
        await ArrivedAsync(stage, 1, 25);
        await stage.Peer.AnswerAsync(1);

        Assert.Equal(body, stage.Peer.Body(1));
        Assert.Null((await request).Failure);
    }

    [Fact]
    public async Task A_first_window_that_grows_is_room_for_bodies_that_wait()
    {
        await using var stage = await OpenAsync(firstWindow: 10);
        _ = stage.SendAsync(25);
        _ = stage.SendAsync(25);
        await ArrivedAsync(stage, 3, 10);

        await stage.Peer.SettingAsync(FirstWindow, 15);
        await ArrivedAsync(stage, 3, 15);

        Assert.Equal((15, 15), (stage.Peer.Body(1).Length, stage.Peer.Body(3).Length));
    }

    /// <summary>RFC 9113 §6.9.2: "a change to SETTINGS_INITIAL_WINDOW_SIZE can cause the available space to become negative".</summary>
    [Fact]
    public async Task A_first_window_that_shrinks_leaves_a_debt()
    {
        await using var stage = await OpenAsync(firstWindow: 10);
        _ = stage.SendAsync(25);
        await ArrivedAsync(stage, 1, 10);

        await stage.Peer.SettingAsync(FirstWindow, 4); // 6 too many have left
        await stage.Peer.WindowAsync(1, 6);
        await ArrivedAsync(stage, 1, 10);
        await stage.Peer.WindowAsync(1, 3);
        await ArrivedAsync(stage, 1, 13);
        _ = stage.SendAsync(25);
        await ArrivedAsync(stage, 3, 4);
    }

    [Fact]
    public async Task Bodies_share_the_connections_room_in_their_order()
    {
        await using var stage = await Http2Stage.OpenAsync();
        _ = stage.SendAsync(65_000);
        _ = stage.SendAsync(1_000);
        _ = stage.SendAsync(100);
        await ArrivedAsync(stage, 1, 65_000);
        await ArrivedAsync(stage, 3, 535);
        await ArrivedAsync(stage, 5, 0);

        await stage.Peer.WindowAsync(0, 500);
        await ArrivedAsync(stage, 3, 1_000);
        await ArrivedAsync(stage, 5, 35);
        await stage.Peer.WindowAsync(0, 65);
        await ArrivedAsync(stage, 5, 100);
        Assert.True(Data(stage, 5)[^1].IsLast);
    }

    [Fact]
    public async Task What_has_no_body_needs_no_room()
    {
        await using var stage = await OpenAsync(firstWindow: 0);
        _ = stage.SendAsync(10);
        await stage.OpenedAsync(1);
        var request = stage.SendAsync(new Http2Request("GET", "/"));
        await stage.OpenedAsync(2);
        await stage.Peer.AnswerAsync(3);

        Assert.Null((await request).Failure);
    }

    [Fact]
    public async Task A_body_that_is_given_up_half_way_was_not_written_and_keeps_no_room()
    {
        await using var stage = await OpenAsync(firstWindow: 10);
        using var deadline = new CancellationTokenSource();
        var request = stage.SendAsync(25, deadline.Token);
        await ArrivedAsync(stage, 1, 10);

        await deadline.CancelAsync();

        Assert.Same(TransportFailure.NotWritten, (await request).Failure);
        await stage.Peer.WindowAsync(1, 100);
        await stage.Peer.SyncAsync();
        Assert.Equal([Frame.Headers, Frame.Data, Frame.ResetStream], stage.Peer.On(1).Select(frame => frame.Type));
        Assert.Equal(0, stage.Client.Blocked);
    }

    [Fact]
    public async Task Room_for_a_stream_that_has_ended_is_no_news()
    {
        await using var stage = await Http2Stage.OpenAsync((connection, stream) => connection.AnswerAsync(stream));
        await stage.SendAsync();
        await stage.Peer.WindowAsync(1, int.MaxValue);
        await stage.Peer.ResetAsync(1, 0);

        Assert.Null((await stage.SendAsync()).Failure);
    }

    private static Task<Http2Stage> OpenAsync(uint firstWindow) =>
        Http2Stage.OpenAsync(connected: connection => connection.SettingAsync(FirstWindow, firstWindow));

    /// <summary>Waits until so many bytes of a body have come, and makes sure that no more come.</summary>
    private static async Task ArrivedAsync(Http2Stage stage, int stream, int bytes)
    {
        await Pools.UntilAsync(() => stage.Peer.Body(stream).Length >= bytes, $"{bytes} bytes did not come");
        await stage.Peer.SyncAsync();
        Assert.Equal(bytes, stage.Peer.Body(stream).Length);
    }

    private static List<PeerFrame> Data(Http2Stage stage, int stream) => [.. stage.Peer.On(stream).Where(frame => frame.Type == Frame.Data)];

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(number => (byte)number)];
}
