using System.Collections.Concurrent;
using System.Net;
using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Providers.Connections.Http2;
using Dispatcher.Core.Sending;
using Dispatcher.Testing;

namespace Dispatcher.Core.Tests.Providers.Connections.Http2;

/// <summary>A peer that does not read, so that the writer waits: what has been handed to it, and what has not.</summary>
public sealed class Http2WriterTests : IDisposable
{
    private static readonly byte[] Ping = [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
    private static readonly byte[] Settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];

    private readonly ConcurrentQueue<byte[]> _written = [];
    private readonly WireStream _wire;
    private readonly Http2Connection _client;
    private volatile TaskCompletionSource? _stuck;
    private volatile bool _hasEnded;

    public Http2WriterTests()
    {
        var time = new FakeTimeProvider();
        _wire = new WireStream((_, bytes) =>
        {
            _written.Enqueue(bytes.ToArray());
            return _stuck is null ? default : new(_stuck.Task);
        });
        _client = new Http2Connection(
            new Dialed(_wire, IPAddress.Loopback, TimeSpan.Zero),
            Pools.Settings(new Uri("http://127.0.0.1")),
            new Traffic(),
            new ConnectionAge(Timeout.InfiniteTimeSpan, time),
            time);
    }

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task A_peer_that_asks_and_does_not_read_the_answers_is_cut_off()
    {
        await StartAsync();
        await StickAsync();

        for (var i = 0; i < 1_000; i++)
            _wire.Feed(Ping);
        await Pools.UntilAsync(() => _wire.Unread == 0, "they are not read");
        Assert.False(_hasEnded);
        for (var i = 0; i < 8_000; i++)
            _wire.Feed(i % 2 == 0 ? Ping : Settings);
        await Pools.UntilAsync(() => _hasEnded, "it goes on");

        Assert.True(_wire.IsDisposed);
    }

    /// <summary>The push that was given up would leave with the head or the body of another one.</summary>
    [Fact]
    public async Task What_is_given_up_while_the_writer_is_busy_leaves_no_trace_in_what_comes_next()
    {
        await StartAsync();
        await StickAsync();
        for (var i = 0; i < 10; i++)
        {
            using var deadline = new CancellationTokenSource();
            var late = SendAsync($"/late/{i}", deadline.Token);
            await deadline.CancelAsync();
            Assert.Same(TransportFailure.NotWritten, (await late).Failure);
        }

        var requests = Enumerable.Range(0, 10).Select(i => SendAsync($"/next/{i}", default)).ToList();
        _stuck!.SetResult();
        await Pools.UntilAsync(() => Paths().Count == 11, "they did not leave");
        Assert.Equal(["/stuck", .. Enumerable.Range(0, 10).Select(i => $"/next/{i}")], Paths());

        foreach (var stream in Enumerable.Range(1, 10))
            _wire.Feed([0, 0, 1, 1, 5, 0, 0, 0, (byte)((2 * stream) + 1), 0x88]);
        Assert.All(await Task.WhenAll(requests), reply => Assert.Equal(200, reply.Answer.Status));
    }

    [Fact]
    public async Task Disposing_while_the_writer_is_busy_ends_everything_and_writes_nothing_more()
    {
        await StartAsync();
        var left = await StickAsync();
        var queued = SendAsync("/queued", default);
        var written = _written.Count;

        _client.Dispose();
        _stuck!.SetResult();

        Assert.True((await left).Failure is SendOutcome.Ambiguous { Reason: "Closed" });
        Assert.Same(TransportFailure.Lost, (await queued).Failure);
        Assert.Same(TransportFailure.Lost, (await SendAsync("/after", default)).Failure);
        Assert.Equal(written, _written.Count);
        Assert.True(_hasEnded);
    }

    [Fact]
    public async Task A_wire_that_cannot_be_written_to_ends_the_connection()
    {
        await StartAsync();
        var left = await StickAsync();

        _stuck!.SetException(new IOException("broken pipe"));

        Assert.True((await left).Failure is SendOutcome.Ambiguous { Reason: "WriteFailed" });
        await Pools.UntilAsync(() => _hasEnded, "nobody was told");
    }

    private async Task StartAsync()
    {
        _wire.Feed(Settings);
        await _client.StartAsync(default);
        _client.Listen(_ => { }, (_, _) => { }, _ => _hasEnded = true);
        await Pools.UntilAsync(() => _written.Any(bytes => bytes.AsSpan().EndsWith((ReadOnlySpan<byte>)[0, 0, 0, 4, 1, 0, 0, 0, 0])), "the settings are not acknowledged");
    }

    /// <summary>Has the writer wait with a request in hand.</summary>
    private async Task<Task<Reply>> StickAsync()
    {
        _stuck = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var request = SendAsync("/stuck", default);
        await Pools.UntilAsync(() => Paths().Count == 1, "it did not leave");
        return request;
    }

    private Task<Reply> SendAsync(string path, CancellationToken cancellationToken) =>
        _client.SendAsync(new Http2Request("POST", path) { Body = "{}"u8.ToArray() }, cancellationToken).AsTask().WaitAsync(Pools.Patience, CancellationToken.None);

    private List<string> Paths()
    {
        var (decoder, paths) = (new HpackDecoder(), new List<string>());
        foreach (var bytes in _written)
        {
            var rest = bytes.AsSpan(bytes[0] == 'P' ? 24 : 0);
            for (Frame frame; rest.Length > 0; rest = rest[(Frame.HeadBytes + frame.Length)..])
            {
                frame = Frame.Read(rest);
                if (frame.Type == Frame.Headers)
                    paths.AddRange(HeldFields.Of(decoder, rest.Slice(Frame.HeadBytes, frame.Length)).Where(field => field.StartsWith(":path=", StringComparison.Ordinal)).Select(field => field[6..]));
            }
        }

        return paths;
    }
}
