using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Dispatcher.Simulator.Tests.Wire;

/// <summary>One FindCoordinator request (version 0) to a Kafka broker, without a client that would hide or retry what comes back.</summary>
internal static class CoordinatorQuestion
{
    private const short FindCoordinator = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <returns>The error code and who coordinates the group.</returns>
    /// <exception cref="SocketException">The broker does not listen.</exception>
    /// <exception cref="EndOfStreamException">The broker hung up.</exception>
    public static async Task<(short Error, int Broker)> AskAsync(string bootstrapServers, string group)
    {
        var first = bootstrapServers.Split(',')[0].Split(':');
        using var socket = new TcpClient();
        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
        await socket.ConnectAsync(first[0], int.Parse(first[1], CultureInfo.InvariantCulture), deadline.Token);
        var stream = socket.GetStream();
        await stream.WriteAsync(Request(group), deadline.Token);

        var size = new byte[4];
        await stream.ReadExactlyAsync(size, deadline.Token);
        var answer = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
        await stream.ReadExactlyAsync(answer, deadline.Token);
        return (BinaryPrimitives.ReadInt16BigEndian(answer.AsSpan(4)), BinaryPrimitives.ReadInt32BigEndian(answer.AsSpan(6)));
    }

    // Size; api, version, correlation id, no client id; the group.
    private static byte[] Request(string group)
    {
        var request = new byte[4 + 10 + 2 + group.Length];
        BinaryPrimitives.WriteInt32BigEndian(request, request.Length - 4);
        BinaryPrimitives.WriteInt16BigEndian(request.AsSpan(4), FindCoordinator);
        BinaryPrimitives.WriteInt16BigEndian(request.AsSpan(12), -1);
        BinaryPrimitives.WriteInt16BigEndian(request.AsSpan(14), (short)group.Length);
        Encoding.ASCII.GetBytes(group, request.AsSpan(16));
        return request;
    }
}
