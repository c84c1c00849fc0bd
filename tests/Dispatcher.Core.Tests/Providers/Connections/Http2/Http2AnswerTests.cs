using Dispatcher.Core.Providers.Connections.Http2;
using Dispatcher.Core.Sending;

namespace Dispatcher.Core.Tests.Providers.Connections.Http2;

/// <summary>The ways in which an answer may come, and those in which it may not.</summary>
public sealed class Http2AnswerTests
{
    private static readonly byte[] LongHead = PeerConnection.Block([(":status", "429"), ("retry-after", "7"), ("x-noise", new string('x', 100)), ("apns-id", "one")]);

    [Fact]
    public async Task A_head_in_pieces_is_read_as_one()
    {
        await using var stage = await Http2Stage.OpenAsync(async (connection, stream) =>
        {
            await connection.SendAsync(Frame.Headers, Frame.EndStream, stream, LongHead[..10]);
            await connection.SendAsync(Frame.Continuation, 0, stream, []);
            await connection.SendAsync(Frame.Continuation, 0, stream, LongHead[10..20]);
            await connection.SendAsync(Frame.Continuation, Frame.EndHeaders, stream, LongHead[20..]);
        });

        for (var i = 0; i < 2; i++)
        {
            var answer = (await stage.SendAsync()).Answer;
            Assert.Equal((429, "7", "one"), (answer.Status, answer.Fields.RetryAfter, answer.Fields.ApnsId));
        }
    }

    [Fact]
    public async Task Padding_and_priority_are_skipped()
    {
        await using var stage = await Http2Stage.OpenAsync(async (connection, stream) =>
        {
            byte[] head = [3, 0, 0, 0, 0, 16, .. LongHead, 0, 0, 0];
            await connection.SendAsync(Frame.Headers, Frame.EndHeaders | Frame.Padded | Frame.Prioritized, stream, head);
            await connection.SendAsync(Frame.Data, Frame.Padded, stream, [2, .. "bo"u8, 0, 0]);
            await connection.SendAsync(Frame.Data, Frame.Padded, stream, [1, 0]);
            await connection.SendAsync(Frame.Data, Frame.Padded | Frame.EndStream, stream, [0, .. "dy"u8]);
        });

        var answer = (await stage.SendAsync()).Answer;

        Assert.Equal((429, "one"), (answer.Status, answer.Fields.ApnsId));
        Assert.Equal("body"u8.ToArray(), answer.Body.ToArray());
    }

    [Fact]
    public async Task What_comes_before_and_after_the_answer_is_not_the_answer()
    {
        await using var stage = await Http2Stage.OpenAsync(async (connection, stream) =>
        {
            await connection.HeadAsync(stream, 100);
            await connection.HeadAsync(stream, 103);
            await connection.SendAsync(Frame.Headers, Frame.EndHeaders, stream, PeerConnection.Block([(":status", "404"), ("apns-id", "answer")]));
            await connection.DataAsync(stream, "body"u8.ToArray(), isLast: false);
            await connection.SendAsync(Frame.Headers, Frame.EndHeaders | Frame.EndStream, stream, PeerConnection.Block([("apns-id", "trailer")]));
        });

        var answer = (await stage.SendAsync()).Answer;

        Assert.Equal((404, "answer", "body"), (answer.Status, answer.Fields.ApnsId, System.Text.Encoding.UTF8.GetString(answer.Body.Span)));
    }

    [Fact]
    public async Task Frames_that_nobody_knows_are_skipped()
    {
        await using var stage = await Http2Stage.OpenAsync(async (connection, stream) =>
        {
            await connection.SendAsync(2, 0, stream, [0, 0, 0, 0, 16]); // PRIORITY
            await connection.SendAsync(0xc, 0, 0, "origin"u8.ToArray()); // ORIGIN
            await connection.SendAsync(0xbf, 0xff, stream, new byte[Frame.MaxPayload]);
            await connection.AnswerAsync(stream);
        });

        Assert.Equal(200, (await stage.SendAsync()).Answer.Status);
    }

    [Fact]
    public async Task A_field_that_the_peer_had_us_remember_comes_back_even_if_nobody_waited_for_its_first_head()
    {
        await using var stage = await Http2Stage.OpenAsync();
        using var deadline = new CancellationTokenSource();
        var first = stage.SendAsync(cancellationToken: deadline.Token);
        await stage.OpenedAsync(1);
        await deadline.CancelAsync();
        await first;

        await stage.Peer.SendAsync(Frame.Headers, Frame.EndHeaders | Frame.EndStream, 1, [0x88, 0x40, 7, .. "apns-id"u8, 3, .. "one"u8]);
        var second = stage.SendAsync();
        await stage.OpenedAsync(2);
        await stage.Peer.SendAsync(Frame.Headers, Frame.EndHeaders | Frame.EndStream, 3, [0x88, 0xbe]);

        Assert.Equal("one", (await second).Answer.Fields.ApnsId);
    }

    [Fact]
    public async Task A_body_longer_than_anybody_reads_is_cut_and_its_stream_reset()
    {
        await using var stage = await Http2Stage.OpenAsync(async (connection, stream) =>
        {
            await connection.HeadAsync(stream, 502);
            await connection.DataAsync(stream, new byte[60], isLast: false);
            await connection.DataAsync(stream, new byte[60], isLast: false);
            await connection.DataAsync(stream, new byte[60], isLast: true);
        }, change: settings => settings with { MaxBodyBytes = 100 });

        var answer = (await stage.SendAsync()).Answer;
        await stage.Peer.SyncAsync();

        Assert.Equal((502, 100), (answer.Status, answer.Body.Length));
        Assert.Equal(Http2Code.Cancel, stage.Peer.On(1)[^1].Number);
        Assert.Equal(502, (await stage.SendAsync()).Answer.Status);
    }

    [Fact]
    public async Task A_200_whose_body_is_not_wanted_is_cut_too()
    {
        await using var stage = await Http2Stage.OpenAsync(async (connection, stream) =>
        {
            await connection.HeadAsync(stream, 200);
            await connection.DataAsync(stream, new byte[100], isLast: false);
        }, change: settings => settings with { MaxBodyBytes = 100 });

        var answer = (await stage.SendAsync()).Answer;

        Assert.Equal((200, 0), (answer.Status, answer.Body.Length));
    }

    [Fact]
    public async Task An_answer_before_all_of_the_body_has_left_is_taken_and_the_rest_is_not_sent()
    {
        await using var stage = await Http2Stage.OpenAsync(connected: connection => connection.SettingAsync(4, 10));
        var request = stage.SendAsync(bytes: 30);
        await Pools.UntilAsync(() => stage.Peer.Body(1).Length == 10, "no body came");
        await stage.Peer.HeadAsync(1, 413, isAll: true);

        Assert.Equal(413, (await request).Answer.Status);
        await stage.Peer.WindowAsync(1, 100);
        await stage.Peer.SyncAsync();

        Assert.Equal([Frame.Headers, Frame.Data, Frame.ResetStream], stage.Peer.On(1).Select(frame => frame.Type));
        Assert.Equal(0, stage.Client.Blocked);
    }

    [Fact]
    public async Task Our_window_opens_again_however_many_answers_have_bodies()
    {
        await using var stage = await Http2Stage.OpenAsync((connection, stream) => connection.AnswerAsync(stream, new byte[10_000]));

        for (var i = 0; i < 120; i++)
            await stage.SendAsync();
        await stage.Peer.SyncAsync();

        var updates = stage.Peer.Frames.Where(frame => frame is { Type: Frame.WindowUpdate, Stream: 0 }).Skip(1).ToList();
        Assert.Equal([530_000u, 530_000u], updates.Select(update => update.Number));
    }

    public static TheoryData<string, byte[]> Offences => new()
    {
        { "a body before its head", [0, 0, 2, 0, 0, 0, 0, 0, 1, 1, 1] },
        { "an answer to a stream that nobody opened", [0, 0, 1, 1, 5, 0, 0, 0, 3, 0x88] },
        { "a body on a stream that nobody opened", [0, 0, 1, 0, 0, 0, 0, 0, 99, 1] },
        { "a reset of a stream that nobody opened", [0, 0, 4, 3, 0, 0, 0, 0, 3, 0, 0, 0, 8] },
        { "an answer on a stream of the peer's own", [0, 0, 1, 1, 5, 0, 0, 0, 2, 0x88] },
        { "a head without a stream", [0, 0, 1, 1, 5, 0, 0, 0, 0, 0x88] },
        { "a head without a status", [0, 0, 0, 1, 4, 0, 0, 0, 1] },
        { "a promise", [0, 0, 5, 5, 4, 0, 0, 0, 1, 0, 0, 0, 2, 0x88] },
        { "bad HPACK", [0, 0, 1, 1, 5, 0, 0, 0, 1, 0xff] },
        { "an index beyond the tables", [0, 0, 1, 1, 5, 0, 0, 0, 1, 0xbe] },
        { "an interrupted head", [0, 0, 1, 1, 0, 0, 0, 0, 1, 0x88, 0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8] },
        { "a continuation of another stream's head", [0, 0, 1, 1, 0, 0, 0, 0, 1, 0x88, 0, 0, 0, 9, 4, 0, 0, 0, 3] },
        { "a continuation of nothing", [0, 0, 0, 9, 4, 0, 0, 0, 1] },
        { "padding longer than its frame", [0, 0, 2, 1, 0x0d, 0, 0, 0, 1, 9, 0x88] },
        { "nothing but the length of a padding", [0, 0, 1, 1, 0x0d, 0, 0, 0, 1, 1] },
        { "a priority that is cut off", [0, 0, 2, 1, 0x25, 0, 0, 0, 1, 0, 0] },
        { "a ping of seven bytes", [0, 0, 7, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7] },
        { "a goodbye that is cut off", [0, 0, 4, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0] },
        { "settings of a stream", [0, 0, 0, 4, 0, 0, 0, 0, 1] },
        { "a window that is too large", [0, 0, 4, 8, 0, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff] },
        { "a first window that is too large", [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0x80, 0, 0, 0] },
        { "a frame that is too large", [0, 0x40, 1, 0, 0, 0, 0, 0, 1] },
    };

    /// <summary>What was on the connection may have been processed, and nothing more is believed of it.</summary>
    [Theory]
    [MemberData(nameof(Offences))]
    public async Task A_peer_that_does_not_keep_to_HTTP2_is_left(string offence, byte[] bytes)
    {
        await using var stage = await Http2Stage.OpenAsync((connection, _) => connection.SendAsync(bytes));

        var failure = (await stage.SendAsync()).Failure;

        Assert.True(failure is SendOutcome.Ambiguous { Reason: "HttpProtocolError" }, offence);
        await stage.ToldAsync("ends");
        await stage.Peer.Ended;
    }

    [Fact]
    public async Task A_head_without_end_is_not_waited_for()
    {
        await using var stage = await Http2Stage.OpenAsync(async (connection, stream) =>
        {
            await connection.SendAsync(Frame.Headers, 0, stream, new byte[Frame.MaxPayload]);
            for (var i = 0; i < 4; i++)
                await connection.SendAsync(Frame.Continuation, 0, stream, new byte[Frame.MaxPayload]);
        });

        Assert.Equal("HttpProtocolError", (await stage.SendAsync()).Failure!.Reason);
    }
}
