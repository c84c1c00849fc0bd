using System.Net;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Providers.Connections.Http2;
using Dispatcher.Testing;

namespace Dispatcher.Core.Tests.Providers.Connections.Http2;

/// <summary>What a request costs the collector. The bytes of the whole process are counted, so nothing else may run.</summary>
[CollectionDefinition(nameof(Http2AllocationTests), DisableParallelization = true)]
[Collection(nameof(Http2AllocationTests))]
public sealed class Http2AllocationTests
{
    private const int Together = 50;

    private const int MaxBytes = 120; // 77 B: a batch of completions for sixteen

    [Fact]
    public async Task A_request_allocates_next_to_nothing()
    {
        var time = new FakeTimeProvider();
        var answers = new byte[64 * 1024];
        using var wire = new WireStream((wire, bytes) =>
        {
            wire.Feed(answers.AsSpan(0, Answer(bytes.Span, answers)));
            return default;
        });
        using var client = new Http2Connection(
            new Dialed(wire, IPAddress.Loopback, TimeSpan.Zero),
            Pools.Settings(new Uri("http://127.0.0.1")),
            new Traffic(),
            new ConnectionAge(Timeout.InfiniteTimeSpan, time),
            time);
        wire.Feed([0, 0, 0, 4, 0, 0, 0, 0, 0]);
        await client.StartAsync(default);

        // Not on xunit's context, which would allocate for each of them.
        var (answered, perRequest) = await Task.Run(async () =>
        {
            await SendAsync(client, rounds: 100);
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var answered = await SendAsync(client, rounds: 200);
            return (answered, (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / (200 * Together));
        }).WaitAsync(Pools.Patience);

        Assert.Equal(200 * Together, answered);
        Assert.InRange(perRequest, 0, MaxBytes);
    }

    private static async Task<int> SendAsync(Http2Connection client, int rounds)
    {
        using var deadline = new CancellationTokenSource();
        var request = new Http2Request("POST", "/3/device/", "1234") { Body = new byte[300] };
        var replies = new ValueTask<Reply>[Together];
        var answered = 0;
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < Together; i++)
                replies[i] = client.SendAsync(request, deadline.Token);
            for (var i = 0; i < Together; i++)
                answered += (await replies[i]).Failure is null ? 1 : 0;
        }

        return answered;
    }

    /// <summary>Answers every request with 200, and gives back the room that its body took.</summary>
    private static int Answer(ReadOnlySpan<byte> written, Span<byte> answers)
    {
        var length = 0;
        for (var rest = written.StartsWith("PRI"u8) ? written[24..] : written; rest.Length > 0;)
        {
            var frame = Frame.Read(rest);
            rest = rest[(Frame.HeadBytes + frame.Length)..];
            if (frame.Type != Frame.Data)
                continue;
            new Frame(4, Frame.WindowUpdate, 0, 0).Write(answers[length..]);
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(answers[(length + Frame.HeadBytes)..], frame.Length);
            length += Frame.HeadBytes + 4;
            new Frame(1, Frame.Headers, Frame.EndHeaders | Frame.EndStream, frame.Stream).Write(answers[length..]);
            answers[length + Frame.HeadBytes] = 0x88;
            length += Frame.HeadBytes + 1;
        }

        return length;
    }
}
