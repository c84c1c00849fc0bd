using System.Text;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Providers.Connections.Http2;
using Dispatcher.Core.Sending;

namespace Dispatcher.Core.Tests.Providers.Connections.Http2;

/// <summary>How connections and streams end, and what that says about the requests on them.</summary>
public sealed class Http2EndTests
{
    private const ushort MaxStreams = 3;
    private const ushort FirstWindow = 4;

    [Fact]
    public async Task A_goodbye_loses_what_is_above_its_last_stream_and_keeps_the_rest()
    {
        await using var stage = await Http2Stage.OpenAsync();
        List<Task<Reply>> requests = [.. Enumerable.Range(0, 4).Select(_ => stage.SendAsync())];
        await stage.OpenedAsync(4);

        await stage.Peer.GoAwayAsync(3, debug: """{"reason":"Shutdown"}""");
        Assert.Same(TransportFailure.Lost, (await requests[2]).Failure);
        Assert.Same(TransportFailure.Lost, (await requests[3]).Failure);
        Assert.Same(TransportFailure.Lost, (await stage.SendAsync()).Failure);
        await stage.Peer.AnswerAsync(5); // too late
        await stage.Peer.AnswerAsync(1);
        await stage.Peer.AnswerAsync(3);

        Assert.Equal((200, 200), ((await requests[0]).Answer.Status, (await requests[1]).Answer.Status));
        await stage.ToldAsync("goes away: Shutdown");
        Assert.DoesNotContain("ends", stage.Told);
    }

    /// <summary>RFC 9113 §6.8: a warning, and a round trip later the truth. Envoy, nghttp2 and Google's front ends do it.</summary>
    [Fact]
    public async Task A_warning_loses_nothing_that_has_left()
    {
        await using var stage = await Http2Stage.OpenAsync(connected: connection => connection.SettingsAsync(maxStreams: 2));
        List<Task<Reply>> requests = [.. Enumerable.Range(0, 3).Select(_ => stage.SendAsync())];
        await stage.OpenedAsync(2);

        await stage.Peer.GoAwayAsync(int.MaxValue);
        Assert.Same(TransportFailure.Lost, (await requests[2]).Failure); // had no stream yet
        Assert.False(requests[0].IsCompleted || requests[1].IsCompleted);
        await stage.Peer.GoAwayAsync(1);
        Assert.Same(TransportFailure.Lost, (await requests[1]).Failure);
        await stage.Peer.GoAwayAsync(int.MaxValue); // no way back
        await stage.Peer.AnswerAsync(1);

        Assert.Equal(200, (await requests[0]).Answer.Status);
        await stage.Peer.SyncAsync();
        Assert.Equal([1, 3], stage.Peer.Opened);
    }

    [Theory]
    [InlineData(0u, "", "NO_ERROR")]
    [InlineData(11u, "too_many_pings", "too_many_pings")]
    [InlineData(99u, "", "UNKNOWN")]
    [InlineData(2u, "{\"reason\":", "INTERNAL_ERROR")]
    [InlineData(2u, "{\"reason\":\"\u00ff\"}", "INTERNAL_ERROR")] // not UTF-8 as it is sent here
    public async Task A_goodbye_gives_its_reason_whatever_it_is_and_then_the_end_comes(uint code, string debug, string reason)
    {
        await using var stage = await Http2Stage.OpenAsync();
        var (below, above) = (stage.SendAsync(), stage.SendAsync());
        await stage.OpenedAsync(2);

        await stage.Peer.SendAsync(Frame.GoAway, 0, 0, [0, 0, 0, 1, 0, 0, 0, (byte)code, .. Encoding.Latin1.GetBytes(debug)]);
        await stage.ToldAsync($"goes away: {reason}");
        stage.Peer.Close();

        Assert.Same(TransportFailure.Lost, (await above).Failure);
        Assert.Equal((OutcomeKind.Ambiguous, "ResponseEnded"), await EndAsync(below));
        await stage.ToldAsync("ends");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_broken_wire_is_ambiguous_for_what_has_left_and_loses_what_has_not(bool isReset)
    {
        await using var stage = await Http2Stage.OpenAsync(connected: async connection =>
        {
            await connection.SettingAsync(FirstWindow, 10);
            await connection.SettingAsync(MaxStreams, 2);
        });
        var (whole, half, queued) = (stage.SendAsync(10), stage.SendAsync(20), stage.SendAsync(10));
        await Pools.UntilAsync(() => stage.Peer.Body(3).Length == 10, "it did not arrive");

        if (isReset)
            stage.Peer.Abort();
        else
            stage.Peer.Close();

        Assert.Equal((OutcomeKind.Ambiguous, "ResponseEnded"), await EndAsync(whole));
        Assert.Same(TransportFailure.Lost, (await half).Failure);
        Assert.Same(TransportFailure.Lost, (await queued).Failure);
        await stage.ToldAsync("ends");
        Assert.Same(TransportFailure.Lost, (await stage.SendAsync()).Failure);
    }

    [Theory]
    [InlineData(7u, OutcomeKind.NotSent, "RefusedStream")]
    [InlineData(8u, OutcomeKind.Ambiguous, "HttpProtocolError")]
    [InlineData(0u, OutcomeKind.Ambiguous, "HttpProtocolError")]
    public async Task A_reset_before_the_head(uint code, OutcomeKind kind, string reason)
    {
        await using var stage = await Http2Stage.OpenAsync((connection, stream) => connection.ResetAsync(stream, code));

        Assert.Equal((kind, reason), await EndAsync(stage.SendAsync()));
        Assert.DoesNotContain("ends", stage.Told);
    }

    [Theory]
    [InlineData(7u)]
    [InlineData(8u)]
    [InlineData(0u)]
    public async Task A_reset_after_the_head_of_a_200_takes_nothing_back(uint code)
    {
        await using var stage = await Http2Stage.OpenAsync(async (connection, stream) =>
        {
            await connection.HeadAsync(stream, 200);
            await connection.ResetAsync(stream, code);
        });

        Assert.Equal(200, (await stage.SendAsync()).Answer.Status);
    }

    [Fact]
    public async Task A_reset_after_the_head_of_an_error_is_no_answer()
    {
        await using var stage = await Http2Stage.OpenAsync(async (connection, stream) =>
        {
            await connection.HeadAsync(stream, 400);
            await connection.ResetAsync(stream, 2);
        });

        Assert.Equal((OutcomeKind.Ambiguous, "HttpProtocolError"), await EndAsync(stage.SendAsync()));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(8u)]
    public async Task A_reset_before_all_of_the_body_has_left_was_not_sent_and_nothing_follows_it(uint code)
    {
        await using var stage = await Http2Stage.OpenAsync(connected: connection => connection.SettingAsync(FirstWindow, 10));
        var request = stage.SendAsync(20);
        await Pools.UntilAsync(() => stage.Peer.Body(1).Length == 10, "it did not arrive");

        await stage.Peer.ResetAsync(1, code);
        Assert.Equal((OutcomeKind.NotSent, "HttpProtocolError"), await EndAsync(request));
        await stage.Peer.WindowAsync(1, 100);
        await stage.Peer.SyncAsync();

        Assert.Equal([Frame.Headers, Frame.Data], stage.Peer.On(1).Select(frame => frame.Type));
        Assert.Equal(0, stage.Client.Blocked);
    }

    [Fact]
    public async Task A_200_whose_connection_ends_before_its_body_is_accepted()
    {
        await using var stage = await Http2Stage.OpenAsync(async (connection, stream) =>
        {
            await connection.HeadAsync(stream, 200);
            await connection.DataAsync(stream, "half"u8.ToArray(), isLast: false);
            connection.Close();
        }, change: settings => settings with { SuccessHasBody = true });

        var answer = (await stage.SendAsync()).Answer;

        Assert.Equal((200, "half"), (answer.Status, Encoding.UTF8.GetString(answer.Body.Span)));
    }

    [Fact]
    public async Task Answers_that_come_with_the_end_are_not_lost()
    {
        await using var stage = await Http2Stage.OpenAsync();
        List<Task<Reply>> requests = [.. Enumerable.Range(0, 40).Select(_ => stage.SendAsync())];
        await stage.OpenedAsync(40);

        await stage.Peer.SendAsync([.. Enumerable.Range(0, 40).SelectMany(number => (byte[])[0, 0, 1, 1, 5, 0, 0, 0, (byte)((2 * number) + 1), 0x88]), 0, 0, 7, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7]);

        Assert.All(await Task.WhenAll(requests), reply => Assert.Equal(200, reply.Answer.Status));
        await stage.ToldAsync("ends");
    }

    private static async Task<(OutcomeKind Kind, string Reason)> EndAsync(Task<Reply> request) =>
        (await request).Failure is { } failure ? (failure.Kind, failure.Reason!) : throw new InvalidOperationException("It was answered.");
}
