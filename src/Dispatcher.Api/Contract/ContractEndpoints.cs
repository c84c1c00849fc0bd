using Dispatcher.Api.Access;
using Dispatcher.Api.Http;

namespace Dispatcher.Api.Contract;

/// <summary>The API's description for programs, <c>/openapi.json</c>, and for people, <c>/docs</c>: one file, written by hand and checked by tests.</summary>
/// <param name="isPublic">Whether they are open to all; otherwise any key will do.</param>
internal sealed class ContractEndpoints(bool isPublic)
{
    private readonly EmbeddedPage _page = new("contract");

    /// <summary>Maps the routes.</summary>
    /// <param name="routes">Where.</param>
    public void Map(IEndpointRouteBuilder routes)
    {
        Limit(routes.MapGet("/openapi.json", _page.Serve("openapi.json")));
        Limit(routes.MapGet("/docs", _page.Serve("index.html")));
        Limit(routes.MapGet("/docs/page.css", _page.Serve("page.css")));
        Limit(routes.MapGet("/docs/page.js", _page.Serve("page.js")));
    }

    private void Limit(IEndpointConventionBuilder route) => _ = isPublic ? route.OpenToAll() : route.Require(Scopes.Push | Scopes.ReadOps);
}
