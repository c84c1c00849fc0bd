using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Providers.Connections.Http2;
using Dispatcher.Testing;

namespace Dispatcher.Core.Tests.Providers.Connections.Http2;

/// <summary>One connection and its peer, over loopback and without TLS.</summary>
internal sealed class Http2Stage : IAsyncDisposable
{
    private readonly FramePeer _peer;

    private Http2Stage(FramePeer peer, Http2Connection client, FakeTimeProvider time) => (_peer, Client, Time) = (peer, client, time);

    public Http2Connection Client { get; }

    public FakeTimeProvider Time { get; }

    /// <summary>The peer's end.</summary>
    public PeerConnection Peer => _peer.Connections[0];

    /// <summary>What the connection told its listener.</summary>
    public ConcurrentQueue<string> Told { get; } = [];

    /// <summary>A connection that has begun, with somebody who listens.</summary>
    /// <param name="requested">A request is complete; by default it is left alone.</param>
    /// <param name="connected">A client is there; by default it gets empty SETTINGS.</param>
    /// <param name="change">Other settings.</param>
    /// <param name="lastUsedStream">Above which stream nothing new is taken.</param>
    public static async Task<Http2Stage> OpenAsync(
        Func<PeerConnection, int, Task>? requested = null,
        Func<PeerConnection, Task>? connected = null,
        Func<ConnectionSettings, ConnectionSettings>? change = null,
        int? lastUsedStream = null)
    {
        var stage = await DialAsync(requested, connected, change, lastUsedStream);
        await stage.Client.StartAsync(default);
        stage.Client.Listen(
            connection => stage.Told.Enqueue($"allows {connection.PeerStreams}"),
            (_, goAway) => stage.Told.Enqueue($"goes away: {goAway.Reason}"),
            _ => stage.Told.Enqueue("ends"));
        return stage;
    }

    /// <summary>A connection that has not begun.</summary>
    public static async Task<Http2Stage> DialAsync(
        Func<PeerConnection, int, Task>? requested = null,
        Func<PeerConnection, Task>? connected = null,
        Func<ConnectionSettings, ConnectionSettings>? change = null,
        int? lastUsedStream = null)
    {
        var (time, peer) = (new FakeTimeProvider(), new FramePeer(requested ?? ((_, _) => Task.CompletedTask), connected));
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, peer.Uri.Port);
        var settings = Pools.Settings(peer.Uri);
        var dialed = new Dialed(new NetworkStream(socket, ownsSocket: true), IPAddress.Loopback, TimeSpan.Zero);
        var client = new Http2Connection(
            dialed, change is null ? settings : change(settings), new Traffic(), new ConnectionAge(Timeout.InfiniteTimeSpan, time), time, lastUsedStream ?? int.MaxValue - 1);
        await Pools.UntilAsync(() => peer.Connections.Count == 1, "nobody is there");
        return new Http2Stage(peer, client, time);
    }

    /// <summary>Sends a request with a body of so many bytes.</summary>
    public Task<Reply> SendAsync(int bytes = 2, CancellationToken cancellationToken = default) => SendAsync(new byte[bytes], cancellationToken);

    /// <summary>Sends a request with a body.</summary>
    public Task<Reply> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default) =>
        SendAsync(new Http2Request("POST", "/3/device/", "1234") { Body = body }, cancellationToken);

    /// <summary>Sends a request.</summary>
    public Task<Reply> SendAsync(Http2Request request, CancellationToken cancellationToken = default) =>
        Client.SendAsync(request, cancellationToken).AsTask().WaitAsync(Pools.Patience, CancellationToken.None);

    /// <summary>Waits until so many requests, or their heads, are with the peer.</summary>
    public Task OpenedAsync(int streams) => Pools.UntilAsync(() => Peer.Opened.Count() == streams, $"{streams} requests did not arrive");

    /// <summary>Waits until the listener was told something.</summary>
    public Task ToldAsync(string what) => Pools.UntilAsync(() => Told.Contains(what), $"nobody was told: {what}");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _peer.DisposeAsync();
    }
}
