using System.IO.Compression;
using System.Text;
using Dispatcher.Api.Tests.Batches;

namespace Dispatcher.Api.Tests.Compression;

public sealed class RequestCompressionTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const int Limit = 1024 * 1024;

    private readonly ApiProcess _api = fixture.Api;

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("GZIP")]
    [InlineData("identity")]
    public async Task Known_encodings_are_taken(string encoding)
    {
        Assert.Equal(202, (await PushAsync(Pack(Some.Line, encoding), encoding)).Status);
        Assert.Equal([(1, 202), (2, 202)], (await BatchAsync(Pack($"{Some.Line}\n{Some.Line}", encoding), encoding)).Statuses);
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("compress")]
    [InlineData("gzip, br")]
    public async Task Others_are_refused_and_told_what_is_known(string encoding)
    {
        foreach (var answer in new[] { await PushAsync(Pack(Some.Line, "gzip"), encoding), await BatchAsync(Pack(Some.Line, "gzip"), encoding) })
        {
            Assert.Equal((415, "unsupported-encoding"), (answer.Status, answer.Problem));
            Assert.Equal("gzip, br, deflate", answer.Headers["Accept-Encoding"]);
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_request_is_bounded_as_unpacked(string encoding)
    {
        Assert.Equal(202, (await PushAsync(Pack(Some.Line.PadRight(Limit), encoding), encoding)).Status);

        var answer = await PushAsync(Pack(Some.Line.PadRight(Limit + 1), encoding), encoding);

        Assert.Equal((413, "too-large"), (answer.Status, answer.Problem));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_body_that_is_cut_off_or_damaged_is_refused(string encoding)
    {
        var packed = Pack(string.Concat(Enumerable.Range(0, 1000).Select(n => $"{{\"n\":{n * 7919}}}")), encoding);
        byte[] damaged = [.. packed[..200], .. Enumerable.Repeat((byte)0xFF, 400)];

        foreach (var body in new[] { packed[..^20], damaged })
        {
            var push = await PushAsync(body, encoding);
            Assert.Equal((400, "broken-body"), (push.Status, push.Problem));
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_batch_that_is_cut_off_says_where(string encoding)
    {
        var packed = Pack(string.Concat(Enumerable.Repeat(Some.Line + "\n", 100)), encoding);

        var answer = await BatchAsync(packed[..^3], encoding);

        // How much came before it shows depends on the encoding's blocks.
        Assert.Contains("urn:dispatcher:problem:broken-body", answer.Body, StringComparison.Ordinal);
        Assert.All(answer.Status == 400 ? [] : answer.Statuses.SkipLast(1), line => Assert.Equal(202, line.Status));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_bomb_is_defused(string encoding)
    {
        var bomb = new MemoryStream();
        await using (var packing = Packing(bomb, encoding))
        {
            await packing.WriteAsync(Encoding.UTF8.GetBytes(Some.Line + "\n"));
            for (var i = 0; i < 64; i++)
                await packing.WriteAsync(new byte[Limit]);
        }

        Assert.InRange(bomb.Length, 1, 200_000);
        var answer = await BatchAsync(bomb.ToArray(), encoding);

        Assert.Equal([(1, 202), (2, 413)], answer.Statuses);
        Assert.Contains("expands more than 100-fold", answer.Body, StringComparison.Ordinal);
        Assert.Equal((413, "too-large"), (await PushAsync(bomb.ToArray(), encoding)) is var push ? (push.Status, push.Problem) : default);
    }

    private static byte[] Pack(string text, string encoding)
    {
        var packed = new MemoryStream();
        using (var packing = Packing(packed, encoding))
            packing.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    private static Stream Packing(MemoryStream packed, string encoding) => encoding switch
    {
        "gzip" or "GZIP" => new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true),
        "br" => new BrotliStream(packed, CompressionLevel.SmallestSize, leaveOpen: true),
        "deflate" => new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true),
        _ => new BufferedStream(packed),
    };

    private Task<Answer> PushAsync(byte[] body, string encoding) =>
        _api.SendAsync(HttpMethod.Post, "/push", ApiProcess.Key, "application/json", body, encoding);

    private Task<Answer> BatchAsync(byte[] body, string encoding) =>
        _api.SendAsync(HttpMethod.Post, "/push/batch", ApiProcess.Key, "application/x-ndjson", body, encoding);
}
