using Dispatcher.Core.Providers.Connections.Http2;

namespace Dispatcher.Core.Tests.Providers.Connections.Http2;

/// <summary>What a request is on the wire.</summary>
public sealed class Http2RequestTests
{
    private const ushort TableSize = 1;

    private static readonly Guid Id = Guid.Parse("0193b3a0-0000-7000-8000-000000000001");

    [Fact]
    public async Task The_head_begins_with_what_HTTP2_asks_for_and_ends_with_the_bodys_length()
    {
        await using var stage = await Http2Stage.OpenAsync((connection, stream) => connection.AnswerAsync(stream));
        var request = new Http2Request("POST", "/3/device/", "1234") { IdName = "apns-id", Id = Id, Body = "{}"u8.ToArray() };
        request.Add("apns-topic", "com.example.shop");

        Assert.Equal(200, (await stage.SendAsync(request)).Answer.Status);

        Assert.Equal(
            [
                ":method=POST", ":scheme=http", ":path=/3/device/1234", $":authority=127.0.0.1:{AuthorityPort(stage)}",
                "apns-topic=com.example.shop", $"apns-id={Id}", "content-length=2",
            ],
            stage.Peer.Head(1));
        Assert.Equal("{}"u8.ToArray(), stage.Peer.Body(1));
    }

    [Fact]
    public async Task A_request_without_a_body_ends_with_its_head()
    {
        await using var stage = await Http2Stage.OpenAsync((connection, stream) => connection.AnswerAsync(stream));

        await stage.SendAsync(new Http2Request("GET", "/"));

        Assert.Equal([(Frame.Headers, (byte)(Frame.EndHeaders | Frame.EndStream))], stage.Peer.On(1).Select(frame => (frame.Type, frame.Flags)));
        Assert.DoesNotContain(stage.Peer.Head(1), field => field.StartsWith("content-length", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_long_body_leaves_in_frames_that_everybody_takes()
    {
        await using var stage = await Http2Stage.OpenAsync((connection, stream) => connection.AnswerAsync(stream));
        var body = Bytes(40_000);

        await stage.SendAsync(body);

        Assert.Equal([16_384, 16_384, 7_232], stage.Peer.On(1).Skip(1).Select(frame => frame.Payload.Length));
        Assert.Equal([false, false, true], stage.Peer.On(1).Skip(1).Select(frame => frame.IsLast));
        Assert.Equal(body, stage.Peer.Body(1));
    }

    [Fact]
    public async Task A_long_head_goes_on_in_continuations()
    {
        await using var stage = await Http2Stage.OpenAsync((connection, stream) => connection.AnswerAsync(stream));
        var request = new Http2Request("POST", "/") { Body = "{}"u8.ToArray() };
        request.Add("x-long", new string('x', 40_000), recurs: false);

        var replies = await Task.WhenAll(stage.SendAsync(), stage.SendAsync(request), stage.SendAsync());

        Assert.All(replies, reply => Assert.Equal(200, reply.Answer.Status));
        Assert.Equal(
            [(Frame.Headers, 0), (Frame.Continuation, 0), (Frame.Continuation, Frame.EndHeaders), (Frame.Data, Frame.EndStream)],
            stage.Peer.On(3).Select(frame => (frame.Type, (int)frame.Flags)));
        var frames = stage.Peer.Frames.ToList();
        var start = frames.FindIndex(frame => frame.Stream == 3);
        Assert.Equal([3, 3, 3, 3], frames.Skip(start).Take(4).Select(frame => frame.Stream));
        Assert.Contains("x-long=" + new string('x', 40_000), stage.Peer.Head(3));
    }

    [Fact]
    public async Task A_peer_without_a_header_table_is_sent_every_field_in_full()
    {
        await using var stage = await Http2Stage.OpenAsync(
            (connection, stream) => connection.AnswerAsync(stream), connection => connection.SettingAsync(TableSize, 0));

        await stage.SendAsync();
        await stage.SendAsync();

        Assert.Equal(0x20, stage.Peer.On(1)[0].Payload[0]); // the table has 0 bytes
        Assert.NotEqual(0x20, stage.Peer.On(3)[0].Payload[0]);
        Assert.Equal(stage.Peer.Head(1), stage.Peer.Head(3));
        Assert.Equal(stage.Peer.On(1)[0].Payload.Length - 1, stage.Peer.On(3)[0].Payload.Length);
    }

    /// <summary>RFC 7541 §4.2: the peer has emptied its table, even if it is as large as before now.</summary>
    [Fact]
    public async Task A_header_table_that_was_taken_away_and_given_back_between_two_requests_is_empty()
    {
        await using var stage = await Http2Stage.OpenAsync((connection, stream) => connection.AnswerAsync(stream));
        await stage.SendAsync();
        await stage.SendAsync();
        await stage.Peer.SendAsync(Frame.Settings, 0, 0, [0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0x10, 0]);
        await stage.Peer.SyncAsync();

        var reply = await stage.SendAsync();

        Assert.Equal(200, reply.Answer.Status);
        Assert.Equal([0x20, 0x3f, 0xe1, 0x1f], stage.Peer.On(5)[0].Payload[..4]); // 0, then 4,096
        Assert.Equal(stage.Peer.Head(1), stage.Peer.Head(5));
    }

    [Fact]
    public async Task Every_request_has_its_own_head_and_body_however_many_leave_together()
    {
        await using var stage = await Http2Stage.OpenAsync((connection, stream) => connection.AnswerAsync(stream, connection.Body(stream)), change: settings => settings with { SuccessHasBody = true });

        var replies = await Task.WhenAll(Enumerable.Range(0, 200).Select(async number =>
        {
            var body = BitConverter.GetBytes(number);
            var request = new Http2Request("POST", "/", $"{number}") { Body = body };
            var reply = await stage.SendAsync(request);
            return (Sent: body, Got: reply.Answer.Body.ToArray());
        }));

        Assert.All(replies, reply => Assert.Equal(reply.Sent, reply.Got));
        Assert.Equal(Enumerable.Range(0, 200).Select(number => (2 * number) + 1), stage.Peer.Opened);
        Assert.All(stage.Peer.Opened, stream => Assert.Contains($":path=/{BitConverter.ToInt32(stage.Peer.Body(stream))}", stage.Peer.Head(stream)));
    }

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(number => (byte)(number * 7))];

    private static string AuthorityPort(Http2Stage stage) =>
        stage.Peer.Head(1).Single(field => field.StartsWith(":authority=", StringComparison.Ordinal)).Split(':')[^1];
}
