using System.IO.Compression;
using Dispatcher.Api.Access;
using Dispatcher.Api.Http;

namespace Dispatcher.Api.Dashboard;

/// <summary>
/// The dashboard. The page at <c>/dashboard</c> is open to all, since a browser has no key when it asks for one; it is the same for everybody and
/// holds nothing. What it shows comes from <c>/dashboard/data</c>, which wants <c>ops:read</c>.
/// </summary>
/// <param name="survey">Looks at the instances.</param>
internal sealed class DashboardEndpoints(InstanceSurvey survey)
{
    private static readonly string[] Files =
        ["page.css", "icon.svg", "page.js", "board.js", "troubles.js", "chart.js", "tables.js", "figures.js", "text.js"];

    /// <summary>Maps the routes.</summary>
    /// <param name="routes">Where.</param>
    public void Map(IEndpointRouteBuilder routes)
    {
        var page = new EmbeddedPage("dashboard");
        routes.MapGet("/dashboard", page.Serve("index.html")).OpenToAll();
        foreach (var file in Files)
            routes.MapGet($"/dashboard/{file}", page.Serve(file)).OpenToAll();
        routes.MapGet("/dashboard/data", ReadAsync).Require(Scopes.ReadOps);
    }

    private async Task ReadAsync(HttpContext context)
    {
        var report = await survey.ReadAsync(context.Request.Headers.Authorization).WaitAsync(context.RequestAborted);
        var headers = context.Response.Headers;
        headers.ContentType = "application/json";
        headers.CacheControl = "no-store";
        if (!context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal))
        {
            await context.Response.Body.WriteAsync(report, context.RequestAborted);
            return;
        }

        headers.ContentEncoding = "gzip"; // the same labels over and over: a tenth
        headers.Vary = "Accept-Encoding";
        await using var packed = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
        await packed.WriteAsync(report, context.RequestAborted);
    }
}
