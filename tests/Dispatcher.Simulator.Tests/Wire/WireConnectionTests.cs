using System.Buffers.Binary;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Dispatcher.Simulator.Wire;

namespace Dispatcher.Simulator.Tests.Wire;

/// <summary>The frame-level server, frame by frame.</summary>
public sealed class WireConnectionTests : IAsyncLifetime
{
    private const int ProtocolError = 1;
    private const int RefusedStream = 7;

    private readonly SimulatorFixture _fixture = new() { IsOnWire = true, KeepsProfiles = true };

    public Task InitializeAsync() => _fixture.InitializeAsync();

    public Task DisposeAsync() => _fixture.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_push_is_answered_over_tls_and_without_it(bool withTls)
    {
        await using var connection = await RawHttp2Connection.OpenAsync(_fixture, Apns.Address, withTls);
        await connection.PushAsync(_fixture, 1);

        var answer = await connection.ReadAsync(RawFrame.Headers);

        Assert.Equal((200, true, 1), (answer.Status, answer.EndsStream, answer.Stream));
        Assert.Equal(1, _fixture.Providers.Ledger.Summarize().Accepted);
    }

    [Fact]
    public async Task A_certificate_is_as_good_as_a_provider_token()
    {
        using var certificate = X509Certificate2.CreateFromPemFile(_fixture.Manifest.ApnsCertificatePath!);
        using var client = SimulatorFixture.NewClient(_fixture.Providers.Authority.Certificate, certificate: certificate);
        var push = new ApnsPush { Client = client, Headers = { ["authorization"] = null } };

        Assert.Equal(200, (await push.SendAsync(_fixture)).Status);
        Assert.Equal(403, (await (push with { Client = null }).SendAsync(_fixture)).Status);
    }

    [Fact]
    public async Task One_stream_until_a_push_with_a_valid_token_then_a_thousand_and_one_again_after_an_error()
    {
        await using var connection = await OpenAsync();
        var limits = new List<int?> { (await connection.GreetingAsync()).StreamLimit };

        foreach (var (stream, token) in new[] { (1, ApnsPush.GoodToken), (3, "fa114000" + ApnsPush.GoodToken[8..]), (5, ApnsPush.GoodToken) })
        {
            await connection.PushAsync(_fixture, stream, token);
            limits.Add(await LimitBeforeAnswerAsync(connection));
        }

        Assert.Equal([1, 1000, 1, 1000], limits);
    }

    [Fact]
    public async Task A_stream_beyond_the_limit_is_refused_and_not_processed()
    {
        await using var connection = await OpenAsync();
        await connection.PushAsync(_fixture, 1, withBody: false);
        await connection.PushAsync(_fixture, 3);

        var refused = await connection.ReadAsync(RawFrame.Reset);

        Assert.Equal((3, RefusedStream), (refused.Stream, refused.ErrorCode));
        Assert.Equal((0, 1), (_fixture.Providers.Ledger.Summarize().Total, Assert.Single(Apns.Connections).Refused));
    }

    [Fact]
    public async Task A_stream_beyond_the_limit_of_fcm_ends_the_connection_with_its_reason()
    {
        _fixture.Providers.FcmWire.Profile = _fixture.Providers.FcmWire.Profile with { MaxStreams = 1 };
        await using var connection = await RawHttp2Connection.OpenAsync(_fixture, _fixture.Providers.FcmWire.Address);
        await connection.WriteFrameAsync(RawFrame.Headers, 4, 1, RawHttp2Connection.Block("/v1/projects/demo-shop/messages:send"));
        await connection.WriteFrameAsync(RawFrame.Headers, 4, 3, RawHttp2Connection.Block("/v1/projects/demo-shop/messages:send"));

        var away = (await connection.ReadAsync(RawFrame.GoAway)).Away;
        await connection.WriteFrameAsync(RawFrame.Data, 1, 1, []);

        Assert.Equal((1, ProtocolError, "exceeded_max_concurrent_streams"), away);
        Assert.Equal(401, (await connection.ReadAsync(RawFrame.Headers)).Status);
        Assert.DoesNotContain(await connection.ReadToEndAsync(), frame => frame.Stream == 3);
    }

    [Fact]
    public async Task Profiles_hold_for_open_connections()
    {
        await using var connection = await OpenAsync();
        await connection.GreetingAsync();

        Apns.Profile = Apns.Profile with { FirstStreams = 7 };

        Assert.Equal(7, (await connection.ReadAsync(RawFrame.Settings)).StreamLimit ?? (await connection.ReadAsync(RawFrame.Settings)).StreamLimit);
    }

    [Fact]
    public async Task An_order_to_go_away_names_its_last_stream_and_disowns_what_came_later()
    {
        Apns.Profile = Apns.Profile with { FirstStreams = 10 };
        await using var connection = await OpenAsync();
        foreach (var stream in new[] { 1, 3, 5 })
            await connection.PushAsync(_fixture, stream, withBody: false);
        await PingAsync(connection);

        var named = Apns.GoAway(new GoAwayOrder { LastStreamId = 3, Code = 2, Debug = """{"reason":"Shutdown"}""" });
        foreach (var stream in new[] { 1, 3, 5 })
            await connection.WriteFrameAsync(RawFrame.Data, 1, stream, "{}"u8.ToArray());
        var frames = await connection.ReadToEndAsync();

        Assert.Equal([3], named);
        Assert.Equal((3, 2, """{"reason":"Shutdown"}"""), Assert.Single(frames, frame => frame.Type == RawFrame.GoAway).Away);
        Assert.Equal([(1, 200), (3, 200)], frames.Where(frame => frame.Type == RawFrame.Headers).Select(frame => (frame.Stream, frame.Status)));
        Assert.Equal(2, _fixture.Providers.Ledger.Summarize().Total);
    }

    [Fact]
    public async Task What_was_processed_is_never_disowned()
    {
        await using var connection = await OpenAsync();
        await connection.PushAsync(_fixture, 1);
        await connection.ReadAsync(RawFrame.Headers);

        Assert.Equal([1], Apns.GoAway(new GoAwayOrder { LastStreamId = 0 }));
    }

    [Fact]
    public async Task A_connection_that_lingers_refuses_everything_and_stays()
    {
        await using var connection = await OpenAsync();
        await PingAsync(connection);

        Apns.GoAway(new GoAwayOrder { Then = GoAwayEnd.Linger });
        await connection.PushAsync(_fixture, 1);
        await connection.PushAsync(_fixture, 3);

        Assert.Equal(RefusedStream, (await connection.ReadAsync(RawFrame.Reset)).ErrorCode);
        Assert.Equal(RefusedStream, (await connection.ReadAsync(RawFrame.Reset)).ErrorCode);
        Assert.True(Assert.Single(Apns.Connections).IsGoingAway);
    }

    [Fact]
    public async Task The_third_ping_without_a_request_is_one_too_many()
    {
        await using var connection = await RawHttp2Connection.OpenAsync(_fixture, _fixture.Providers.FcmWire.Address);
        await PingAsync(connection);
        await PingAsync(connection);
        await connection.WriteFrameAsync(RawFrame.Headers, 5, 1, RawHttp2Connection.Block("/v1/projects/demo-shop/messages:send"));
        await PingAsync(connection);
        await PingAsync(connection);
        await connection.WriteFrameAsync(RawFrame.Ping, 0, 0, new byte[8]);

        Assert.Equal((1, 11, "too_many_pings"), (await connection.ReadAsync(RawFrame.GoAway)).Away);
    }

    [Fact]
    public async Task Fcm_ends_a_body_with_a_frame_of_its_own_and_pings_after_an_answer()
    {
        await using var connection = await RawHttp2Connection.OpenAsync(_fixture, _fixture.Providers.FcmWire.Address);
        await connection.WriteFrameAsync(RawFrame.Headers, 5, 1, RawHttp2Connection.Block("/v1/projects/demo-shop/messages:send"));

        var body = await connection.ReadAsync(RawFrame.Data);
        var end = await connection.ReadAsync(RawFrame.Data);

        Assert.Equal((false, 0, true), (body.EndsStream, end.Payload.Length, end.EndsStream));
        Assert.False((await connection.ReadAsync(RawFrame.Ping)).IsAck);
    }

    [Fact]
    public async Task Too_many_errors_in_a_row_end_the_connection()
    {
        Apns.Profile = Apns.Profile with { ErrorsUntilGoAway = 2 };
        await using var connection = await OpenAsync();

        await connection.PushAsync(_fixture, 1, "fa114000" + ApnsPush.GoodToken[8..]);
        await connection.ReadAsync(RawFrame.Headers);
        await connection.PushAsync(_fixture, 3, "fa114000" + ApnsPush.GoodToken[8..]);

        Assert.Equal(3, (await connection.ReadAsync(RawFrame.GoAway)).Away.LastStream);
    }

    [Fact]
    public async Task Headers_beyond_the_announced_size_are_answered_431()
    {
        await using var connection = await OpenAsync();
        await connection.WriteFrameAsync(RawFrame.Headers, 5, 1, RawHttp2Connection.Block("/3/device/00", ("x", new string('x', 9000))));

        Assert.Equal(431, (await connection.ReadAsync(RawFrame.Headers)).Status);
    }

    [Fact]
    public async Task A_body_waits_for_the_windows_of_the_client()
    {
        await using var connection = await OpenAsync();
        await connection.WriteFrameAsync(RawFrame.Settings, 0, 0, [0, 4, 0, 0, 0, 10]);
        await connection.WriteFrameAsync(RawFrame.Headers, 5, 1, RawHttp2Connection.Block("/nowhere"));

        var first = await connection.ReadAsync(RawFrame.Data);
        await connection.WriteFrameAsync(RawFrame.WindowUpdate, 0, 1, [0, 0, 0, 100]);
        var second = await connection.ReadAsync(RawFrame.Data);

        Assert.Equal((10, false, true), (first.Payload.Length, first.EndsStream, second.EndsStream));
        Assert.Equal("""{"reason":"BadPath"}""", first.Text + second.Text);
    }

    [Fact]
    public async Task A_long_body_gets_its_window_back_and_what_is_absurdly_long_is_too_large()
    {
        await using var connection = await OpenAsync();
        await connection.PushAsync(_fixture, 1, withBody: false);
        for (var sent = 0; sent <= 256 * 1024; sent += 16_384)
            await connection.WriteFrameAsync(RawFrame.Data, 0, 1, Encoding.UTF8.GetBytes(new string(' ', 16_384)));

        Assert.Equal(16_384, BinaryPrimitives.ReadInt32BigEndian((await connection.ReadAsync(RawFrame.WindowUpdate)).Payload is { } first && first.Length == 4
            ? (await connection.ReadAsync(RawFrame.WindowUpdate)).Payload
            : []));
        Assert.Equal(413, (await connection.ReadAsync(RawFrame.Headers)).Status);
    }

    [Fact]
    public async Task Headers_may_come_in_pieces_padded_and_with_priority()
    {
        await using var connection = await OpenAsync();
        var block = RawHttp2Connection.Block("/nowhere");
        await connection.WriteFrameAsync(RawFrame.Headers, 1 | 8 | 32, 1, [2, 0, 0, 0, 0, 16, .. block[..5], 0, 0]);
        await connection.WriteFrameAsync(RawFrame.Continuation, 4, 1, block[5..]);

        Assert.Equal(404, (await connection.ReadAsync(RawFrame.Headers)).Status);
    }

    public static TheoryData<string, byte, byte, int, int, int> Breaches { get; } = new()
    {
        { "DATA without a stream", RawFrame.Data, 0, 0, 0, ProtocolError },
        { "an even stream", RawFrame.Headers, 5, 2, -1, ProtocolError },
        { "CONTINUATION without HEADERS", RawFrame.Continuation, 4, 1, 0, ProtocolError },
        { "a push promise", 5, 4, 1, 4, ProtocolError },
        { "a short PING", RawFrame.Ping, 0, 0, 7, 6 },
        { "a frame above 16,384 bytes", RawFrame.Data, 0, 1, 16_385, 6 },
        { "SETTINGS of a wrong size", RawFrame.Settings, 0, 0, 5, 6 },
        { "a block that is none", RawFrame.Headers, 5, 1, 1, 9 },
        { "padding beyond the frame", RawFrame.Data, 8, 1, 0, ProtocolError },
    };

    [Theory]
    [MemberData(nameof(Breaches))]
    public async Task A_breach_of_the_protocol_ends_the_connection(string breach, byte type, byte flags, int stream, int bytes, int code)
    {
        await using var connection = await OpenAsync();
        var payload = bytes < 0 ? RawHttp2Connection.Block("/nowhere") : [.. Enumerable.Repeat((byte)0x80, bytes)];
        await connection.WriteFrameAsync(type, flags, stream, payload);

        var away = (await connection.ReadAsync(RawFrame.GoAway)).Away;

        Assert.Equal(code, away.Code);
        Assert.NotEmpty(breach);
    }

    [Fact]
    public async Task What_is_not_http_2_is_not_answered_as_if_it_were()
    {
        await using var connection = await RawHttp2Connection.OpenAsync(_fixture, Apns.Address, withTls: false, greets: false);
        await connection.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());

        Assert.Equal(ProtocolError, (await connection.ReadAsync(RawFrame.GoAway)).Away.Code);
    }

    [Fact]
    public async Task A_request_taken_back_makes_room_for_another()
    {
        await using var connection = await OpenAsync();
        await connection.PushAsync(_fixture, 1, withBody: false);
        await connection.WriteFrameAsync(RawFrame.Reset, 0, 1, [0, 0, 0, 8]);
        await connection.PushAsync(_fixture, 3);

        Assert.Equal((3, 200), await connection.ReadAsync(RawFrame.Headers) is var answer ? (answer.Stream, answer.Status) : default);
    }

    private WireServer Apns => _fixture.Providers.ApnsWire;

    private Task<RawHttp2Connection> OpenAsync() => RawHttp2Connection.OpenAsync(_fixture, Apns.Address);

    /// <summary>Everything sent before has been read when this returns.</summary>
    private static async Task PingAsync(RawHttp2Connection connection)
    {
        await connection.WriteFrameAsync(RawFrame.Ping, 0, 0, new byte[8]);
        while (!(await connection.ReadAsync(RawFrame.Ping)).IsAck)
        {
            // The server's own.
        }
    }

    private static async Task<int?> LimitBeforeAnswerAsync(RawHttp2Connection connection)
    {
        int? limit = null;
        while (true)
        {
            var frame = (await connection.ReadAsync())!;
            if (frame.Type == RawFrame.Settings)
                limit = frame.StreamLimit ?? limit;
            if (frame.Type == RawFrame.Headers)
                return limit;
        }
    }
}
