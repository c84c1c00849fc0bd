using System.Reflection;
using Dispatcher.Api.Access;
using Microsoft.Extensions.Primitives;

namespace Dispatcher.Api.Contract;

/// <summary>The API's description for programs, <c>/openapi.json</c>, and for people, <c>/docs</c>: one file, written by hand and checked by tests.</summary>
/// <param name="isPublic">Whether they are open to all; otherwise any key will do.</param>
internal sealed class ContractEndpoints(bool isPublic)
{
    /// <summary>Nothing but our own files, no frames, no forms: the pages need no more.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Maps the routes.</summary>
    /// <param name="routes">Where.</param>
    public void Map(IEndpointRouteBuilder routes)
    {
        Limit(routes.MapGet("/openapi.json", Serve("openapi.json", "application/json")));
        Limit(routes.MapGet("/docs", Serve("index.html", "text/html; charset=utf-8")));
        Limit(routes.MapGet("/docs/page.css", Serve("page.css", "text/css; charset=utf-8")));
        Limit(routes.MapGet("/docs/page.js", Serve("page.js", "text/javascript; charset=utf-8")));
    }

    private void Limit(IEndpointConventionBuilder route) => _ = isPublic ? route.OpenToAll() : route.Require(Scopes.Push | Scopes.ReadOps);

    private static RequestDelegate Serve(string name, string contentType)
    {
        var content = Read(name);
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

    private static byte[] Read(string name)
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream($"contract/{name}")!;
        var content = new byte[resource.Length];
        resource.ReadExactly(content);
        return content;
    }
}
