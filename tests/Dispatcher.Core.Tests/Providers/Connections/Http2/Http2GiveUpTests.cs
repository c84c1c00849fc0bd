using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Providers.Connections.Http2;

namespace Dispatcher.Core.Tests.Providers.Connections.Http2;

/// <summary>What a deadline means depends on how far a request has come.</summary>
public sealed class Http2GiveUpTests
{
    [Fact]
    public async Task What_had_no_stream_never_leaves()
    {
        await using var stage = await Http2Stage.OpenAsync(connected: connection => connection.SettingsAsync(maxStreams: 1));
        using var deadline = new CancellationTokenSource();
        var first = stage.SendAsync();
        List<Task<Reply>> waiting = [.. Enumerable.Range(0, 3).Select(_ => stage.SendAsync(cancellationToken: deadline.Token))];
        var last = stage.SendAsync(new Http2Request("POST", "/last") { Body = "{}"u8.ToArray() });
        await stage.OpenedAsync(1);

        await deadline.CancelAsync();
        Assert.All(await Task.WhenAll(waiting), reply => Assert.Same(TransportFailure.NotWritten, reply.Failure));
        await stage.Peer.AnswerAsync(1);
        await stage.OpenedAsync(2);
        await stage.Peer.AnswerAsync(3);

        Assert.Null((await first).Failure);
        Assert.Null((await last).Failure);
        Assert.Contains(":path=/last", stage.Peer.Head(3));
        Assert.DoesNotContain(stage.Peer.Frames, frame => frame.Type == Frame.ResetStream);
    }

    [Fact]
    public async Task What_is_too_late_already_takes_no_stream()
    {
        await using var stage = await Http2Stage.OpenAsync();

        var reply = await stage.SendAsync(cancellationToken: new CancellationToken(canceled: true));
        await stage.Peer.SyncAsync();

        Assert.Same(TransportFailure.NoStream, reply.Failure);
        Assert.Empty(stage.Peer.Opened);
    }

    [Fact]
    public async Task What_has_left_may_have_been_processed_and_the_peer_is_told()
    {
        await using var stage = await Http2Stage.OpenAsync();
        using var deadline = new CancellationTokenSource();
        var request = stage.SendAsync(cancellationToken: deadline.Token);
        await stage.OpenedAsync(1);

        await deadline.CancelAsync();

        Assert.Same(TransportFailure.NoAnswer, (await request).Failure);
        await stage.Peer.SyncAsync();
        var reset = Assert.Single(stage.Peer.On(1), frame => frame.Type == Frame.ResetStream);
        Assert.Equal(Http2Code.Cancel, reset.Number);
    }

    [Fact]
    public async Task An_answer_that_comes_too_late_is_nobody_elses()
    {
        await using var stage = await Http2Stage.OpenAsync();
        using var deadline = new CancellationTokenSource();
        var late = stage.SendAsync(cancellationToken: deadline.Token);
        await stage.OpenedAsync(1);
        await deadline.CancelAsync();
        await late;

        var next = stage.SendAsync();
        await stage.OpenedAsync(2);
        await stage.Peer.HeadAsync(1, 410);
        await stage.Peer.DataAsync(1, "late"u8.ToArray(), isLast: true);
        await stage.Peer.SyncAsync();
        Assert.False(next.IsCompleted);
        await stage.Peer.AnswerAsync(3);

        Assert.Equal(200, (await next).Answer.Status);
    }

    [Fact]
    public async Task A_200_whose_body_never_ends_is_accepted()
    {
        await using var stage = await Http2Stage.OpenAsync();
        using var deadline = new CancellationTokenSource();
        var request = stage.SendAsync(cancellationToken: deadline.Token);
        await stage.OpenedAsync(1);
        await stage.Peer.HeadAsync(1, 200);
        await stage.Peer.SyncAsync();
        Assert.False(request.IsCompleted);

        await deadline.CancelAsync();

        Assert.Equal(200, (await request).Answer.Status);
    }

    [Fact]
    public async Task An_error_whose_body_never_ends_is_no_answer()
    {
        await using var stage = await Http2Stage.OpenAsync();
        using var deadline = new CancellationTokenSource();
        var request = stage.SendAsync(cancellationToken: deadline.Token);
        await stage.OpenedAsync(1);
        await stage.Peer.HeadAsync(1, 400);
        await stage.Peer.SyncAsync();

        await deadline.CancelAsync();

        Assert.Same(TransportFailure.NoAnswer, (await request).Failure);
    }

    [Fact]
    public async Task A_deadline_after_the_answer_does_not_meet_the_next_request()
    {
        await using var stage = await Http2Stage.OpenAsync();
        using var deadline = new CancellationTokenSource();
        var first = stage.SendAsync(cancellationToken: deadline.Token);
        await stage.OpenedAsync(1);
        await stage.Peer.AnswerAsync(1);
        await first;
        var next = stage.SendAsync();
        await stage.OpenedAsync(2);

        await deadline.CancelAsync();
        await stage.Peer.SyncAsync();
        Assert.False(next.IsCompleted);
        await stage.Peer.AnswerAsync(3);

        Assert.Null((await next).Failure);
    }
}
