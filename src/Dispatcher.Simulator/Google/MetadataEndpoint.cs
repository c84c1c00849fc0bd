namespace Dispatcher.Simulator.Google;

/// <summary>
/// The metadata server of a machine at Google, for clients that are pointed to it by <c>GCE_METADATA_HOST</c>: access tokens of the first
/// project, without a key. Source: Google, "About VM metadata".
/// </summary>
internal sealed class MetadataEndpoint(ServiceAccount account, AccessTokens accessTokens)
{
    private const string FlavorHeader = "Metadata-Flavor";
    private const string Flavor = "Google";
    private const string Root = "/computeMetadata/v1";
    private const string Account = $"{Root}/instance/service-accounts/default";

    public void Map(WebApplication app)
    {
        app.Use(AskForFlavorAsync);
        // Clients ask for it to find out whether they are at Google at all.
        app.MapGet("/", () => "computeMetadata/\n");
        app.MapGet($"{Root}/instance", () => "service-accounts/\n");
        app.MapGet($"{Account}/token", (HttpResponse response) => response.WriteAsJsonAsync(
            new TokenGrant(accessTokens.Issue(account.ProjectId), (int)AccessTokens.Lifetime.TotalSeconds - 1, "Bearer"), GoogleJson.Default.TokenGrant));
        app.MapGet($"{Account}/email", () => account.Email);
        app.MapGet($"{Account}/scopes", () => "https://www.googleapis.com/auth/cloud-platform\n");
        app.MapGet($"{Root}/project/project-id", () => account.ProjectId);
        app.MapGet($"{Root}/project/numeric-project-id", () => account.ProjectNumber);
        app.MapGet($"{Root}/universe/universe-domain", () => "googleapis.com");
    }

    private static async Task AskForFlavorAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers[FlavorHeader] = Flavor;
        if (context.Request.Path != "/" && context.Request.Headers[FlavorHeader] != Flavor)
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await context.Response.WriteAsync($"Missing {FlavorHeader}:{Flavor} header.");
            return;
        }

        await next(context);
    }
}
