using System.Text;
using Dispatcher.Cli.Push;
using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Cli.Tests.Push;

public sealed class NdjsonReaderTests
{
    [Fact]
    public async Task Lines_keep_their_numbers_when_blank_ones_are_left_out()
    {
        var lines = await ReadAsync("{\"a\":1}\n\n  \r\n{\"b\":2}\r\n{\"c\":3}");
        Assert.Equal([(1, "{\"a\":1}"), (4, "{\"b\":2}"), (5, "{\"c\":3}")], lines.Select(line => (line.Number, Text(line))));
    }

    [Fact]
    public async Task A_byte_order_mark_is_not_part_of_the_first_line() =>
        Assert.Equal("{}", Text(Assert.Single(await ReadAsync("\uFEFF{}\n"))));

    [Fact]
    public async Task Emptiness_has_no_lines() => Assert.Empty(await ReadAsync(""));

    [Fact]
    public async Task A_line_that_is_too_long_is_reported_and_the_next_is_read()
    {
        var lines = await ReadAsync($"{{}}\n{new string('x', 200_000)}\n{{\"after\":1}}\n", maxLineLength: 100);
        Assert.Equal([(1, false), (2, true), (3, false)], lines.Select(line => (line.Number, line.IsTooLong)));
        Assert.Equal("{\"after\":1}", Text(lines[2]));
    }

    [Fact]
    public async Task A_last_line_that_is_too_long_is_reported_too() =>
        Assert.True(Assert.Single(await ReadAsync(new string('x', 200_000), maxLineLength: 100)).IsTooLong);

    [Fact]
    public async Task Progress_ends_at_the_end()
    {
        const string text = "{\"é\":1}\n{}\n";
        Assert.Equal(Encoding.UTF8.GetByteCount(text), (await ReadAsync(text))[^1].End);
    }

    [Fact]
    public void However_the_bytes_arrive_the_lines_are_the_same()
    {
        var line = Gen.Elements("{}", "", " ", "{\"emoji\":\"🎉\"}", new string('y', 70_000), "\r");
        var input = from lines in line.ListOf() from chunk in Gen.Choose(1, 3000) select (Lines: lines, Chunk: chunk);
        Check.QuickThrowOnFailure(Prop.ForAll(input.ToArbitrary(), async sample =>
        {
            var bytes = Encoding.UTF8.GetBytes(string.Join('\n', sample.Lines));
            await using var stream = new DribblingStream(bytes, sample.Chunk);
            var expected = sample.Lines.Select((text, index) => (index + 1, text.Trim())).Where(found => found.Item2.Length > 0);
            Assert.Equal(expected, (await ReadAsync(stream, 1 << 20)).Select(found => (found.Number, Text(found))));
        }));
    }

    private static string Text(NdjsonLine line) => Encoding.UTF8.GetString(line.Body.Span);

    private static async Task<List<NdjsonLine>> ReadAsync(string text, int maxLineLength = 1000)
    {
        await using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return await ReadAsync(stream, maxLineLength);
    }

    private static async Task<List<NdjsonLine>> ReadAsync(Stream stream, int maxLineLength)
    {
        var lines = new List<NdjsonLine>();
        await foreach (var line in new NdjsonReader(maxLineLength).ReadAsync(stream, CancellationToken.None))
            lines.Add(line);
        return lines;
    }

    /// <summary>Gives at most so many bytes at a time, as a slow pipe does.</summary>
    private sealed class DribblingStream(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, chunk)], cancellationToken);
    }
}
