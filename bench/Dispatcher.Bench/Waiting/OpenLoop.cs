using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Dispatcher.Bench.Accepting;
using Dispatcher.Bench.Stage;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Bench.Waiting;

/// <summary>
/// Posts pushes at their planned moments whatever the API does. A push's time counts from its plan and not from when a connection got round
/// to it, so that a slow answer does not hide the ones behind it (coordinated omission).
/// </summary>
/// <param name="api">The API.</param>
/// <param name="rate">Pushes a second.</param>
/// <param name="time">The clock.</param>
internal sealed class OpenLoop(Uri api, int rate, TimeProvider time)
{
    /// <summary>Enough that one is free at the highest rate even when answers take 50 ms.</summary>
    private const int Connections = 256;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    // Bounded by the plan: at most all of it waits, which then shows as latency.
    private readonly Channel<int> _due = Channel.CreateUnbounded<int>(new UnboundedChannelOptions { SingleWriter = true });

    /// <summary>Runs a plan.</summary>
    /// <param name="pushes">How many.</param>
    /// <returns>When each should have been sent, on the machine's monotonic clock; the number is the push's.</returns>
    public async Task<long[]> RunAsync(int pushes)
    {
        var senders = Enumerable.Range(0, Connections).Select(_ => Task.Run(SendAsync)).ToArray();
        var start = time.GetTimestamp() + (time.TimestampFrequency / 10);
        var plan = new long[pushes];
        for (var number = 0; number < pushes; number++)
            plan[number] = start + (long)((double)number / rate * time.TimestampFrequency);
        using var timer = new PeriodicTimer(Tick, time);
        for (var number = 0; number < pushes;)
        {
            await timer.WaitForNextTickAsync();
            for (var now = time.GetTimestamp(); number < pushes && plan[number] <= now; number++)
                _due.Writer.TryWrite(number);
        }

        _due.Writer.Complete();
        await Task.WhenAll(senders);
        return plan;
    }

    private async Task SendAsync()
    {
        var (request, token) = Request();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, api.Port);
        var answer = new AnswerReader(socket);
        await foreach (var number in _due.Reader.ReadAllAsync())
        {
            number.TryFormat(request.AsSpan(token, 8), out _, "x8", CultureInfo.InvariantCulture);
            await socket.SendAsync(request, SocketFlags.None);
            await answer.ReadAsync();
        }
    }

    /// <summary>A request, and where in it the token's number is.</summary>
    private static (byte[] Request, int Token) Request()
    {
        var request = HttpLoad.Post("/push", "application/json", Samples.Request(Provider.Apns, 0));
        return (request, request.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Samples.Token(Provider.Apns, 0))));
    }
}
