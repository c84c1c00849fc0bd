using System.Reflection;
using Microsoft.Extensions.Primitives;

namespace Dispatcher.Api.Http;

/// <summary>A page for browsers, made of files that are resources of this assembly and of nothing else.</summary>
/// <param name="folder">What the resources' names begin with.</param>
internal sealed class EmbeddedPage(string folder)
{
    /// <summary>Nothing but our own files, no frames, no forms: the pages need no more.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Answers with a file.</summary>
    /// <param name="name">The file.</param>
    public RequestDelegate Serve(string name)
    {
        var content = Read(name);
        var contentType = ContentTypeOf(name);
        return async context =>
        {
            var headers = context.Response.Headers;
            headers.ContentType = contentType;
            headers.ContentLength = content.Length;
            headers.CacheControl = "no-cache";
            headers.ContentSecurityPolicy = ContentSecurityPolicy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = new StringValues("no-referrer");
            await context.Response.Body.WriteAsync(content, context.RequestAborted);
        };
    }

    private byte[] Read(string name)
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{folder}/{name}")!;
        var content = new byte[resource.Length];
        resource.ReadExactly(content);
        return content;
    }

    private static string ContentTypeOf(string name) => Path.GetExtension(name) switch
    {
        ".json" => "application/json",
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        var unknown => throw new InvalidOperationException($"No content type is known for '{unknown}'."),
    };
}
