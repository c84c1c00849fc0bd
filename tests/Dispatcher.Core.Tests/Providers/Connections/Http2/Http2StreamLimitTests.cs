using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Providers.Connections.Http2;

namespace Dispatcher.Core.Tests.Providers.Connections.Http2;

/// <summary>How many streams there are at once, and in all.</summary>
public sealed class Http2StreamLimitTests
{
    private const ushort MaxStreams = 3;

    [Fact]
    public async Task The_first_settings_limit_the_first_requests()
    {
        await using var stage = await Http2Stage.OpenAsync(connected: connection => connection.SettingsAsync(maxStreams: 2));
        Assert.Equal(["allows 2"], stage.Told);

        var requests = Send(stage, 5);
        await stage.Peer.SyncAsync();
        Assert.Equal([1, 3], stage.Peer.Opened);

        foreach (var stream in (int[])[3, 1, 5, 7, 9])
        {
            await Pools.UntilAsync(() => stage.Peer.Opened.Contains(stream), "a free stream is not used");
            await stage.Peer.AnswerAsync(stream);
            await stage.Peer.SyncAsync();
            Assert.InRange(stage.Peer.Opened.Count(), 2, 5);
        }

        Assert.All(await Task.WhenAll(requests), reply => Assert.Equal(200, reply.Answer.Status));
        Assert.Equal([1, 3, 5, 7, 9], stage.Peer.Opened);
    }

    [Fact]
    public async Task A_lower_limit_holds_new_requests_back_until_enough_have_ended()
    {
        await using var stage = await Http2Stage.OpenAsync();
        var first = Send(stage, 3);
        await stage.OpenedAsync(3);
        await stage.Peer.SettingAsync(MaxStreams, 2);
        await stage.Peer.SyncAsync();

        var last = stage.SendAsync();
        await stage.Peer.AnswerAsync(1);
        await stage.Peer.SyncAsync();
        Assert.Equal([1, 3, 5], stage.Peer.Opened);
        await stage.Peer.AnswerAsync(3);
        await stage.OpenedAsync(4);

        await stage.Peer.AnswerAsync(5);
        await stage.Peer.AnswerAsync(7);
        await Task.WhenAll([.. first, last]);
        Assert.Equal($"allows {int.MaxValue}|allows 2", string.Join('|', stage.Told));
    }

    [Fact]
    public async Task None_allowed_means_none_until_some_are()
    {
        await using var stage = await Http2Stage.OpenAsync(connected: connection => connection.SettingsAsync(maxStreams: 0));
        var requests = Send(stage, 2);
        await stage.Peer.SyncAsync();
        Assert.Empty(stage.Peer.Opened);

        await stage.Peer.SettingAsync(MaxStreams, 100);
        await stage.OpenedAsync(2);
        await stage.Peer.AnswerAsync(1);
        await stage.Peer.AnswerAsync(3);

        Assert.All(await Task.WhenAll(requests), reply => Assert.Null(reply.Failure));
    }

    [Fact]
    public async Task A_stream_that_is_given_up_or_reset_makes_room()
    {
        await using var stage = await Http2Stage.OpenAsync(connected: connection => connection.SettingsAsync(maxStreams: 1));
        using var deadline = new CancellationTokenSource();
        var first = stage.SendAsync(cancellationToken: deadline.Token);
        await stage.OpenedAsync(1);
        var others = Send(stage, 2);

        await deadline.CancelAsync();
        await stage.OpenedAsync(2);
        var frames = stage.Peer.Frames.ToList();
        Assert.True(frames.FindIndex(frame => frame.Type == Frame.ResetStream) < frames.FindIndex(frame => frame is { Type: Frame.Headers, Stream: 3 }));
        await stage.Peer.ResetAsync(3, 7);
        await stage.OpenedAsync(3);
        await stage.Peer.AnswerAsync(5);

        Assert.Same(TransportFailure.NoAnswer, (await first).Failure);
        Assert.Equal([TransportFailure.Refused, null], (await Task.WhenAll(others)).Select(reply => reply.Failure));
    }

    [Fact]
    public async Task A_connection_without_more_stream_numbers_finishes_what_it_has_and_takes_nothing_new()
    {
        await using var stage = await Http2Stage.OpenAsync(lastUsedStream: 3);
        var requests = Send(stage, 2);
        await stage.OpenedAsync(2);

        Assert.Same(TransportFailure.Lost, (await stage.SendAsync()).Failure);
        await stage.ToldAsync("ends");
        await stage.Peer.AnswerAsync(1);
        await stage.Peer.AnswerAsync(3);

        Assert.All(await Task.WhenAll(requests), reply => Assert.Equal(200, reply.Answer.Status));
        Assert.False(stage.Peer.Ended.IsCompleted);
    }

    private static List<Task<Reply>> Send(Http2Stage stage, int requests) => [.. Enumerable.Range(0, requests).Select(_ => stage.SendAsync())];
}
