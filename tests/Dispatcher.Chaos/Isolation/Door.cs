using System.Net;
using System.Net.Sockets;

namespace Dispatcher.Chaos.Isolation;

/// <summary>A TCP port before a provider that can be shut: then connections are refused, as when nobody is there.</summary>
/// <param name="target">The provider's port.</param>
internal sealed class Door(int target) : IAsyncDisposable
{
    private readonly List<Socket> _passing = [];
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;

    /// <summary>Where it is; the same after it was shut.</summary>
    public int Port { get; private set; }

    public void Open()
    {
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync(_listener);
    }

    public async Task ShutAsync()
    {
        _listener?.Stop();
        await _accepting;
        lock (_passing)
        {
            _passing.ForEach(socket => socket.Dispose());
            _passing.Clear();
        }
    }

    public async ValueTask DisposeAsync() => await ShutAsync();

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
                _ = PassAsync(await listener.AcceptSocketAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Shut.
        }
    }

    private async Task PassAsync(Socket client)
    {
        var provider = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        lock (_passing)
            _passing.AddRange([client, provider]);
        try
        {
            await provider.ConnectAsync(IPAddress.Loopback, target);
            await Task.WhenAny(CopyAsync(client, provider), CopyAsync(provider, client));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One of the two is gone, so both are.
        }

        client.Dispose();
        provider.Dispose();
        lock (_passing)
            _passing.RemoveAll(socket => socket == client || socket == provider);
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            for (int count; (count = await from.ReceiveAsync(buffer)) > 0;)
                await to.SendAsync(buffer.AsMemory(0, count));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other direction ends as well.
        }
    }
}
