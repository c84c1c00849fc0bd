using System.IO.Pipelines;
using System.Text;
using Dispatcher.Api.Batches;

namespace Dispatcher.Api.Tests.Batches;

public sealed class LineReaderTests
{
    private const int Limit = 100;

    [Theory]
    [InlineData("a\nb\n", "1:a 2:b")]
    [InlineData("a\nb", "1:a 2:b")]
    [InlineData("a\r\nb\r\n", "1:a 2:b")]
    [InlineData("\n\na\n \t\nb", "3:a 5:b")]
    [InlineData("\uFEFFa\n\uFEFFb", "1:a 2:\uFEFFb")]
    [InlineData("", "")]
    [InlineData("\uFEFF\n", "")]
    public async Task However_a_body_is_cut_its_lines_are_the_same(string body, string lines)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        foreach (var size in (int[])[1, 2, 3, 1000])
            Assert.Equal(lines, await ReadAsync(bytes.Chunk(size)));
    }

    [Fact]
    public async Task A_line_of_the_limit_is_taken_and_one_byte_more_is_not()
    {
        var body = Encoding.UTF8.GetBytes($"{new string('a', Limit)}\r\n{new string('b', Limit + 1)}\n{new string('c', 10 * Limit)}\nd\n{new string('e', 10 * Limit)}");
        foreach (var size in (int[])[1, 7, Limit, 10_000])
            Assert.Equal($"1:{new string('a', Limit)} 2:long 3:long 4:d 5:long", await ReadAsync(body.Chunk(size)));
    }

    [Fact]
    public async Task Nothing_of_a_line_that_is_too_long_is_kept()
    {
        // A pipe that takes no more than two limits: a reader that kept the line would never see its end.
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 2 * Limit, resumeWriterThreshold: Limit, useSynchronizationContext: false));
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 1000; i++)
                await pipe.Writer.WriteAsync(new byte[Limit]);
            await pipe.Writer.WriteAsync("\nx"u8.ToArray());
            await pipe.Writer.CompleteAsync();
        });

        Assert.Equal("1:long 2:x", await ReadAsync(pipe.Reader));
        await writing;
    }

    [Fact]
    public async Task A_wait_that_is_cut_short_ends_the_lines()
    {
        var pipe = new Pipe();
        var lines = new LineReader(pipe.Reader, Limit);
        var waiting = lines.FillAsync(CancellationToken.None);

        lines.CutShort();

        Assert.False(await waiting);
        Assert.False(lines.TryTake(out _));
    }

    private static async Task<string> ReadAsync(IEnumerable<byte[]> pieces)
    {
        var pipe = new Pipe();
        var reading = ReadAsync(pipe.Reader);
        foreach (var piece in pieces)
            await pipe.Writer.WriteAsync(piece);
        await pipe.Writer.CompleteAsync();
        return await reading;
    }

    private static async Task<string> ReadAsync(PipeReader pipe)
    {
        var lines = new LineReader(pipe, Limit);
        var found = new List<string>();
        while (await lines.FillAsync(CancellationToken.None))
        {
            while (lines.TryTake(out var line))
                found.Add($"{line.Number}:{(line.IsTooLong ? "long" : Encoding.UTF8.GetString(line.Json))}");
        }

        lines.Release();
        return string.Join(' ', found);
    }
}
