using Dispatcher.Core.Providers.Connections.Http2;

namespace Dispatcher.Core.Tests.Providers.Connections.Http2;

public sealed class OutboxTests
{
    private readonly Outbox _outbox = new();

    [Fact]
    public void Frames_are_written_one_behind_the_other()
    {
        _outbox.Add(Frame.Ping, Frame.Ack, stream: 0, "12345678"u8);
        _outbox.Add(Frame.ResetStream, stream: 5, Http2Code.Cancel);

        Assert.Equal("0000080601000000003132333435363738" + "00000403000000000500000008", Convert.ToHexString(_outbox.Written.Span));
        _outbox.Clear();
        Assert.Equal(0, _outbox.Length);
    }

    [Fact]
    public void It_grows_and_keeps_what_it_has()
    {
        byte[] bytes = [.. Enumerable.Range(0, 100_000).Select(number => (byte)number)];
        foreach (var part in bytes.Chunk(777))
            _outbox.Add(part);

        Assert.Equal(bytes, _outbox.Written.ToArray());
    }

    [Theory]
    [InlineData(0, new[] { 0 })]
    [InlineData(Frame.MaxPayload, new[] { Frame.MaxPayload })]
    [InlineData(Frame.MaxPayload + 1, new[] { Frame.MaxPayload, 1 })]
    [InlineData(2 * Frame.MaxPayload, new[] { Frame.MaxPayload, Frame.MaxPayload })]
    public void A_header_block_is_split_where_a_frame_is_full(int bytes, int[] parts)
    {
        _outbox.Add("before"u8);
        var start = _outbox.Length;
        _outbox.Room(Frame.HeadBytes);
        _outbox.Advance(Frame.HeadBytes);
        byte[] block = [.. Enumerable.Range(0, bytes).Select(number => (byte)number)];
        _outbox.Add(block);

        _outbox.Frames(start, Frame.EndStream, stream: 7);

        Assert.True(_outbox.Written.Span.StartsWith("before"u8));
        var (frames, read) = (new List<Frame>(), new List<byte>());
        for (var rest = _outbox.Written[start..]; rest.Length > 0; rest = rest[(Frame.HeadBytes + frames[^1].Length)..])
        {
            frames.Add(Frame.Read(rest.Span));
            read.AddRange(rest.Slice(Frame.HeadBytes, frames[^1].Length).ToArray());
        }

        Assert.Equal(parts, frames.Select(frame => frame.Length));
        Assert.Equal(block, read);
        Assert.Equal(parts.Select((_, i) => i == 0 ? Frame.Headers : Frame.Continuation), frames.Select(frame => frame.Type));
        Assert.Equal(parts.Select((_, i) => i == parts.Length - 1), frames.Select(frame => frame.Has(Frame.EndHeaders)));
        Assert.Equal(parts.Select((_, i) => i == 0), frames.Select(frame => frame.Has(Frame.EndStream)));
        Assert.All(frames, frame => Assert.Equal(7, frame.Stream));
    }
}
