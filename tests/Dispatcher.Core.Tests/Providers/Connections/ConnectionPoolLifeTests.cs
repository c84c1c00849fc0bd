using Dispatcher.Core.Providers.Connections;
using Dispatcher.Testing;

namespace Dispatcher.Core.Tests.Providers.Connections;

/// <summary>How connections come and go, by a clock that only moves when told to.</summary>
public sealed class ConnectionPoolLifeTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly RecordedConnections _metrics = new();

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public async Task A_connection_past_its_time_is_replaced_by_one_that_has_proven_itself()
    {
        await using var peer = new FramePeer((connection, stream) => connection.AnswerAsync(stream));
        using var pool = Open(peer, settings => settings with { Lifetime = TimeSpan.FromMinutes(50) });
        await Pools.SendAsync(pool, peer.Uri);

        _time.Advance(TimeSpan.FromMinutes(45)); // a tenth of it is jitter, and chance says 0
        await Pools.UntilAsync(() => peer.Connections.Count == 2, "no replacement");
        Assert.False(peer.Connections[0].Ended.IsCompleted);
        await OpenedAsync(2);
        await Pools.SendAsync(pool, peer.Uri);
        await Pools.SendAsync(pool, peer.Uri);

        await peer.Connections[0].Ended;
        Assert.Equal([1, 2], peer.Connections.Select(connection => connection.Requests));
        Assert.Equal(["age"], _metrics.Reasons("retired"));
    }

    [Fact]
    public async Task What_is_in_flight_on_a_replaced_connection_is_answered_there()
    {
        var held = new TaskCompletionSource();
        var isSecond = false;
        await using var peer = new FramePeer(async (connection, stream) =>
        {
            if (connection.Index == 0 && isSecond)
                await held.Task;
            await connection.AnswerAsync(stream);
        });
        using var pool = Open(peer, settings => settings with { Lifetime = TimeSpan.FromMinutes(50) });
        await Pools.SendAsync(pool, peer.Uri);
        _time.Advance(TimeSpan.FromMinutes(45) - TimeSpan.FromSeconds(1));
        isSecond = true;
        var inFlight = Pools.SendAsync(pool, peer.Uri);
        await Pools.UntilAsync(() => peer.Connections[0].Requests == 2, "it did not arrive");

        _time.Advance(TimeSpan.FromSeconds(2));
        await OpenedAsync(2);
        await Pools.SendAsync(pool, peer.Uri);
        Assert.Equal(["age"], _metrics.Reasons("retired"));
        held.SetResult();

        Assert.Null((await inFlight).Failure);
        await peer.Connections[0].Ended;
    }

    [Fact]
    public async Task A_connection_without_pushes_closes_before_the_peer_would_and_the_next_push_opens_another()
    {
        await using var peer = new FramePeer((connection, stream) => connection.AnswerAsync(stream));
        using var pool = Open(peer, settings => settings with { IdleTimeout = TimeSpan.FromMinutes(3) });
        await Pools.SendAsync(pool, peer.Uri);

        _time.Advance(TimeSpan.FromMinutes(3) + TimeSpan.FromSeconds(1));
        await peer.Connections[0].Ended;

        Assert.Null((await Pools.SendAsync(pool, peer.Uri)).Failure);
        Assert.Equal(2, peer.Connections.Count);
        Assert.Equal(["idle"], _metrics.Reasons("retired"));
    }

    [Fact]
    public async Task Connections_open_one_after_the_other_when_three_quarters_of_all_streams_are_in_use()
    {
        var held = new TaskCompletionSource();
        var isHeld = false;
        await using var peer = new FramePeer(async (connection, stream) =>
        {
            if (isHeld && connection.Requests > 1)
                await held.Task;
            await connection.AnswerAsync(stream);
        });
        using var pool = Open(peer, settings => settings with { Connections = 3, Streams = 4, OpeningPace = TimeSpan.FromSeconds(2) });
        await Pools.SendAsync(pool, peer.Uri);
        isHeld = true;
        List<Task<Reply>> requests = [.. Enumerable.Range(0, 16).Select(_ => Pools.SendAsync(pool, peer.Uri))];

        await Pools.UntilAsync(() => peer.Connections[0].Requests == 5, "one connection is not full");
        Assert.Single(peer.Connections);
        foreach (var connections in (int[])[2, 3])
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            await OpenedAsync(connections);
            await Pools.UntilAsync(() => peer.Connections[connections - 1].Requests >= 4, "the new connection is not used");
        }

        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(3, peer.Connections.Count);
        held.SetResult();
        Assert.All(await Task.WhenAll(requests), reply => Assert.Null(reply.Failure));
    }

    [Fact]
    public async Task Every_push_takes_a_stream_where_the_fewest_are_in_use()
    {
        var held = new TaskCompletionSource();
        var isHeld = false;
        await using var peer = new FramePeer(async (connection, stream) =>
        {
            if (isHeld)
                await held.Task;
            await connection.AnswerAsync(stream);
        });
        using var pool = Open(peer, settings => settings with { Connections = 2, Streams = 20 });
        await TwoConnectionsAsync(pool, peer);
        var before = peer.Connections.Select(connection => connection.Requests).ToArray();
        isHeld = true;
        var requests = Enumerable.Range(0, 12).Select(_ => Pools.SendAsync(pool, peer.Uri)).ToList();

        await Pools.UntilAsync(() => peer.Connections.Sum(connection => connection.Requests) == before.Sum() + 12, "not all arrived");
        Assert.Equal([6, 6], peer.Connections.Zip(before, (connection, count) => connection.Requests - count));
        held.SetResult();
        await Task.WhenAll(requests);
    }

    [Fact]
    public async Task Pushes_that_are_too_late_before_they_leave_say_nothing_of_their_connection()
    {
        await using var peer = new FramePeer((connection, stream) => connection.AnswerAsync(stream));
        using var pool = Open(peer, settings => settings);
        await Pools.SendAsync(pool, peer.Uri);

        for (var i = 0; i < 5; i++)
            Assert.Same(TransportFailure.NoStream, (await Pools.SendAsync(pool, peer.Uri, new CancellationToken(canceled: true))).Failure);
        await Pools.SendAsync(pool, peer.Uri);

        Assert.Equal([2], peer.Connections.Select(connection => connection.Requests));
        Assert.Empty(_metrics.Reasons("retired"));
    }

    [Fact]
    public async Task Connections_that_end_right_after_the_peers_first_word_are_replaced_and_not_kept()
    {
        await using var peer = new FramePeer((connection, stream) => connection.AnswerAsync(stream), async connection =>
        {
            await connection.SettingsAsync();
            if (connection.Index < 2)
                connection.Close();
        });
        using var pool = Open(peer, settings => settings);

        while (peer.Connections.Count < 3 || peer.Connections[2].Requests == 0)
            await Pools.SendAsync(pool, peer.Uri); // what leaves before the end is noticed is ambiguous

        Assert.Null((await Pools.SendAsync(pool, peer.Uri)).Failure);
        await Pools.UntilAsync(() => _metrics.Gauge("open") == 1, "a dead one is kept");
    }

    [Fact]
    public async Task The_gauges_show_how_things_stand()
    {
        var held = new TaskCompletionSource();
        await using var peer = new FramePeer(async (connection, stream) =>
        {
            await held.Task;
            await connection.AnswerAsync(stream);
        });
        var pool = Open(peer, settings => settings with { AnswersOneFirst = true });
        var requests = Enumerable.Range(0, 3).Select(_ => Pools.SendAsync(pool, peer.Uri)).ToList();
        await OpenedAsync(1);

        Assert.Equal((1, 1, 2), (_metrics.Gauge("open"), _metrics.Gauge("in_flight"), _metrics.Gauge("waiting")));
        held.SetResult();
        await Task.WhenAll(requests);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(6, _metrics.Sum("sent"));

        pool.Dispose();
        Assert.Equal(0, _metrics.Gauge("open"));
    }

    private static async Task TwoConnectionsAsync(ConnectionPool pool, FramePeer peer)
    {
        while (peer.Connections.Count < 2 || peer.Connections[1].Requests == 0)
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Pools.SendAsync(pool, peer.Uri)));
    }

    private Task OpenedAsync(int connections) =>
        Pools.UntilAsync(() => _metrics.Reasons("opened").Count == connections, $"{connections} connections are not open");

    private ConnectionPool Open(FramePeer peer, Func<ConnectionSettings, ConnectionSettings> change) =>
        Pools.Open(change(Pools.Settings(peer.Uri)), _time, _metrics.Metrics);
}
