using System.IO.Compression;
using Dispatcher.Api.Pushes;
using Microsoft.AspNetCore.RequestDecompression;

namespace Dispatcher.Api.Compression;

/// <summary>
/// Bodies with a <c>Content-Encoding</c>. ASP.NET's middleware unpacks what it knows and bounds it by the route's size limit; what it does
/// not know it would hand on as it is, so that is refused here. zstd has no decoder in .NET 10.
/// </summary>
internal static class RequestCompression
{
    /// <summary>What may be sent, as <c>Accept-Encoding</c> says it.</summary>
    private const string Accepted = "gzip, br, deflate";

    private static readonly Problem Unsupported = new(
        415, "unsupported-encoding", "The body's encoding is not known", $"Send it plain, or with one of these as 'Content-Encoding': {Accepted}.");

    /// <summary>Registers the encodings.</summary>
    /// <param name="services">Where.</param>
    public static void Add(IServiceCollection services) => services.AddRequestDecompression(options =>
    {
        var providers = options.DecompressionProviders;
        providers["gzip"] = new Provider(static body => new GZipStream(body, CompressionMode.Decompress));
        providers["br"] = new Provider(static body => new BrotliStream(body, CompressionMode.Decompress));
        providers["deflate"] = new Provider(static body => new ZLibStream(body, CompressionMode.Decompress)); // RFC 9110: zlib, not raw
    });

    /// <summary>Unpacks bodies from here on.</summary>
    /// <param name="app">The pipeline.</param>
    public static void Use(WebApplication app)
    {
        app.UseRequestDecompression();
        app.Use(static next => context => IsPacked(context.Request) ? RefuseAsync(context) : next(context));
    }

    private static bool IsPacked(HttpRequest request) =>
        request.Headers.ContentEncoding is { Count: > 0 } encoding && !string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase);

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.Headers.AcceptEncoding = Accepted;
        return Unsupported.WriteAsync(context);
    }

    private sealed class Provider(Func<Stream, Stream> unpack) : IDecompressionProvider
    {
        public Stream GetDecompressionStream(Stream stream)
        {
            var packed = new PackedBody(stream);
            return new UnpackedBody(packed, unpack(packed));
        }
    }
}
