using System.Collections.Concurrent;
using System.Net;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Sending;
using Dispatcher.Testing;

namespace Dispatcher.Core.Tests.Providers.Connections;

/// <summary>How connections have lost, doubled and stalled pushes elsewhere. Each test names the thread in which users tell of it.</summary>
public sealed class FieldTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly RecordedConnections _metrics = new();

    public void Dispose() => _metrics.Dispose();

    /// <summary>pushy#865, #184, #1025: half of 300,000 pushes failed.</summary>
    [Fact]
    public async Task A_GOAWAY_loses_nothing_and_doubles_nothing()
    {
        var streams = new ConcurrentQueue<int>();
        await using var peer = new FramePeer(async (connection, stream) =>
        {
            if (connection.Index > 0 || stream == 1)
            {
                await connection.AnswerAsync(stream);
                return;
            }

            streams.Enqueue(stream);
            if (streams.Count < 10)
                return;
            var processed = streams.Order().Take(4).ToArray();
            await connection.GoAwayAsync(processed[^1], debug: """{"reason":"Shutdown"}""");
            foreach (var one in processed)
                await connection.AnswerAsync(one);
        });
        using var pool = Open(peer);
        await Pools.SendAsync(pool, peer.Uri);

        var replies = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Pools.SendAsync(pool, peer.Uri)));

        Assert.All(replies, reply => Assert.Null(reply.Failure));
        Assert.Equal([11, 6], peer.Connections.Select(connection => connection.Requests));
        Assert.Equal(["Shutdown"], _metrics.Reasons("goaways"));
        Assert.Equal(6, _metrics.Sum("resent"));
    }

    /// <summary>What the peer may have processed is not sent again behind the retry's back.</summary>
    [Fact]
    public async Task A_push_below_the_last_stream_of_a_GOAWAY_that_gets_no_answer_is_ambiguous()
    {
        await using var peer = new FramePeer(async (connection, stream) =>
        {
            await connection.GoAwayAsync(stream);
            connection.Close();
        });
        using var pool = Open(peer);

        Assert.Equal(OutcomeKind.Ambiguous, (await Pools.SendAsync(pool, peer.Uri)).Failure!.Kind);
        Assert.Single(peer.Connections);
    }

    /// <summary>firebase-admin-node#2789, parse-server-push-adapter#340, #342: the process died of it.</summary>
    [Fact]
    public async Task A_reset_under_fifty_pushes_is_fifty_values_and_no_exception()
    {
        await using var peer = new FramePeer((connection, stream) =>
        {
            if (connection.Index > 0)
                return connection.AnswerAsync(stream);
            if (connection.Requests == 50)
                connection.Abort();
            return Task.CompletedTask;
        });
        using var pool = Open(peer);

        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Pools.SendAsync(pool, peer.Uri)));

        Assert.All(replies, reply => Assert.Equal(OutcomeKind.Ambiguous, reply.Failure!.Kind));
        Assert.Null((await Pools.SendAsync(pool, peer.Uri)).Failure);
    }

    /// <summary>apns2#24, #20; rpush#607, #538; node-apn#449, #665: the next push hung or was lost.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_died_while_idle_takes_no_push_with_it(bool isAborted)
    {
        await using var peer = new FramePeer((connection, stream) => connection.AnswerAsync(stream));
        using var pool = Open(peer);
        await Pools.SendAsync(pool, peer.Uri);

        if (isAborted)
            peer.Connections[0].Abort();
        else
            peer.Connections[0].Close();
        await Pools.UntilAsync(() => _metrics.Reasons("retired").Count == 1, "nobody noticed");

        Assert.Null((await Pools.SendAsync(pool, peer.Uri)).Failure);
        Assert.Equal(["closed"], _metrics.Reasons("retired"));
    }

    [Fact]
    public async Task Where_the_provider_likes_pings_an_idle_connection_is_pinged()
    {
        await using var peer = new FramePeer((connection, stream) => connection.AnswerAsync(stream));
        using var pool = Open(peer, settings => settings with { PingDelay = TimeSpan.FromSeconds(1) });
        await Pools.SendAsync(pool, peer.Uri);

        _time.Advance(TimeSpan.FromSeconds(1));
        await Pools.UntilAsync(() => peer.Connections[0].Pings == 1, "no ping");
    }

    /// <summary>pigeon#92, and FCM's GOAWAY too_many_pings: .NET measures windows with pings unless it is told not to.</summary>
    [Fact]
    public async Task Where_the_provider_punishes_pings_there_are_none()
    {
        var body = new byte[8_000];
        await using var peer = new FramePeer((connection, stream) => connection.AnswerAsync(stream, body));
        using var pool = Open(peer, settings => settings with { SuccessHasBody = true });
        for (var i = 0; i < 50; i++)
            Assert.Equal(body.Length, (await Pools.SendAsync(pool, peer.Uri)).Answer.Body.Length);

        Assert.Equal(0, peer.Connections[0].Pings);
    }

    /// <summary>dotnet/runtime#120179, #82236: the connection stands still, and TCP says that all is well.</summary>
    [Fact]
    public async Task A_connection_that_answers_nothing_gets_nothing_new_and_keeps_its_chance()
    {
        var held = new TaskCompletionSource();
        await using var peer = new FramePeer(async (connection, stream) =>
        {
            if (connection.Index == 0)
                await held.Task;
            await connection.AnswerAsync(stream);
        });
        using var pool = Open(peer);
        var silent = Pools.SendAsync(pool, peer.Uri);
        await Pools.UntilAsync(() => peer.Connections is [{ Requests: 1 }], "it did not arrive");

        _time.Advance(TimeSpan.FromSeconds(11));

        Assert.Null((await Pools.SendAsync(pool, peer.Uri)).Failure);
        Assert.Equal(["silence"], _metrics.Reasons("retired"));
        held.SetResult();
        Assert.Null((await silent).Failure);
    }

    /// <summary>pushy#356, #476, #732; apnotic#29, pushok#169: refused streams, then a GOAWAY, then answers after 700 s.</summary>
    [Fact]
    public async Task A_stream_limit_that_swings_between_one_and_many_is_never_exceeded()
    {
        var (allowed, open, exceeded) = (1, 0, 0);
        await using var peer = new FramePeer(
            async (connection, stream) =>
            {
                if (Interlocked.Increment(ref open) > Volatile.Read(ref allowed))
                    Interlocked.Increment(ref exceeded);
                await Task.Yield();
                if (connection.Requests == 1)
                {
                    Volatile.Write(ref allowed, 40);
                    await connection.SettingsAsync(40);
                }

                Interlocked.Decrement(ref open);
                await connection.AnswerAsync(stream);
            },
            connection => connection.SettingsAsync(1));
        using var pool = Open(peer, settings => settings with { Streams = 500, AnswersOneFirst = true });

        var replies = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => Pools.SendAsync(pool, peer.Uri)));

        Assert.All(replies, reply => Assert.Null(reply.Failure));
        Assert.Equal((0, 1), (exceeded, peer.Connections.Count));
        Assert.Equal(0, _metrics.Sum("refused_streams"));
    }

    [Fact]
    public async Task A_stream_that_is_refused_once_is_sent_again_and_counted()
    {
        await using var peer = new FramePeer((connection, stream) =>
            connection.Requests == 1 ? connection.ResetAsync(stream, 7) : connection.AnswerAsync(stream));
        using var pool = Open(peer);

        Assert.Null((await Pools.SendAsync(pool, peer.Uri)).Failure);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, _metrics.Sum("refused_streams"));
    }

    /// <summary>DocNR/clave#14, node-apn#140: a session that went away and stays open refuses for hours.</summary>
    [Fact]
    public async Task A_connection_that_refuses_again_and_again_is_given_up()
    {
        await using var peer = new FramePeer((connection, stream) =>
            connection.Index == 0 ? connection.ResetAsync(stream, 7) : connection.AnswerAsync(stream));
        using var pool = Open(peer);
        Assert.Same(TransportFailure.Refused, (await Pools.SendAsync(pool, peer.Uri)).Failure); // three times

        Assert.Null((await Pools.SendAsync(pool, peer.Uri)).Failure); // twice, and then there is another connection
        Assert.Equal([5, 1], peer.Connections.Select(connection => connection.Requests));
        Assert.Equal(["refusals"], _metrics.Reasons("retired"));
    }

    /// <summary>dotnet/runtime#1509, #35088, #40249: .NET's own pool opens without bound.</summary>
    [Fact]
    public async Task However_many_pushes_come_there_are_no_more_connections_than_allowed()
    {
        await using var peer = new FramePeer((connection, stream) => connection.AnswerAsync(stream), connection => connection.SettingsAsync(5));
        using var pool = Open(peer, settings => settings with { Connections = 2 });

        Assert.All(await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => Pools.SendAsync(pool, peer.Uri))), reply => Assert.Null(reply.Failure));
        Assert.InRange(peer.Connections.Count, 1, 2);
    }

    /// <summary>Opening and closing quickly looks like an attack: Apple, "Sending notification requests to APNs".</summary>
    [Fact]
    public async Task A_peer_that_ends_every_connection_at_once_is_not_dialled_without_pause()
    {
        await using var peer = new FramePeer((connection, _) => connection.GoAwayAsync(0));
        using var pool = Open(peer, settings => settings with { OpeningPace = TimeSpan.FromSeconds(2) });

        Assert.Same(TransportFailure.Lost, (await Pools.SendAsync(pool, peer.Uri)).Failure);
        using var deadline = new CancellationTokenSource();
        var held = Pools.SendAsync(pool, peer.Uri, deadline.Token);
        Assert.Equal(3, peer.Connections.Count);
        await deadline.CancelAsync();

        Assert.Same(TransportFailure.NoStream, (await held).Failure);
        Assert.Equal(3, peer.Connections.Count);
    }

    /// <summary>pushy#62, node-apn#34: all connections led to one host.</summary>
    [Fact]
    public async Task Connections_spread_over_all_addresses_each_with_a_DNS_query_of_its_own()
    {
        var queries = 0;
        await using var peer = new FramePeer(async (connection, stream) =>
        {
            await Task.Yield();
            await connection.AnswerAsync(stream);
        });
        using var pool = Open(peer, settings => settings with
        {
            Endpoint = new Uri($"http://push.example:{peer.Uri.Port}"),
            Connections = 3,
            Streams = 2,
            Resolve = (host, _) =>
            {
                Assert.Equal("push.example", host);
                Interlocked.Increment(ref queries);
                return Task.FromResult<IPAddress[]>([.. Enumerable.Range(1, 3).Select(i => IPAddress.Parse($"127.0.0.{i}"))]);
            },
        });
        await Pools.UntilAsync(() =>
        {
            for (var i = 0; i < 20; i++)
                _ = Pools.SendAsync(pool, new Uri($"http://push.example:{peer.Uri.Port}"));
            return peer.Connections.Count == 3;
        }, "three connections do not open");

        Assert.Equal(3, queries);
        Assert.Equal(3, peer.Connections.Select(connection => connection.Address).Distinct().Count());
    }

    /// <summary>apns2#163: large payloads are slow, and nobody sees why.</summary>
    [Fact]
    public async Task Bodies_that_the_peer_has_no_room_for_are_seen()
    {
        using var deadline = new CancellationTokenSource();
        await using var peer = new FramePeer((_, _) => Task.CompletedTask);
        using var pool = Open(peer);
        var requests = Enumerable.Range(0, 20).Select(_ => Pools.SendAsync(pool, peer.Uri, bytes: 4096, deadline.Token)).ToList();

        await Pools.UntilAsync(() => peer.Connections is [{ Requests: 15 }], "fifteen fit into the window");
        await Pools.UntilAsync(() => _metrics.Gauge("leaving") == 5, "five wait for room");
        await deadline.CancelAsync();

        Assert.All(await Task.WhenAll(requests), reply => Assert.NotNull(reply.Failure));
        await Pools.UntilAsync(() => _metrics.Gauge("leaving") == 0, "they still leave");
    }

    /// <summary>firebase-admin-node#2488: a TLS session per batch gave tails of 10 to 30 s.</summary>
    [Fact]
    public async Task One_connection_serves_for_hours()
    {
        await using var peer = new FramePeer((connection, stream) => connection.AnswerAsync(stream));
        using var pool = Open(peer, settings => settings with { Connections = 8, Lifetime = TimeSpan.FromHours(12) });
        for (var i = 0; i < 20; i++)
        {
            Assert.Null((await Pools.SendAsync(pool, peer.Uri)).Failure);
            _time.Advance(TimeSpan.FromMinutes(30));
        }

        Assert.Single(peer.Connections);
    }

    private ConnectionPool Open(FramePeer peer, Func<ConnectionSettings, ConnectionSettings>? change = null)
    {
        var settings = Pools.Settings(peer.Uri);
        return Pools.Open(change is null ? settings : change(settings), _time, _metrics.Metrics);
    }
}
