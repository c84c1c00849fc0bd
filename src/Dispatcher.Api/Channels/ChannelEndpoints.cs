using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Dispatcher.Api.Access;
using Dispatcher.Api.Pushes;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Channels;

/// <summary>
/// <c>/apps/{app}/channels</c>: the broadcast channels of an app. They are APNs' own; nothing is kept here. What is sent to one goes
/// through <c>POST /push</c> like every push.
/// </summary>
internal sealed partial class ChannelEndpoints(AppCatalog apps, ApnsChannels channels, ILogger<ChannelEndpoints> logger)
{
    private const int MaxBodyBytes = 1024;

    /// <summary>Maps the routes.</summary>
    /// <param name="routes">Where.</param>
    public void Map(IEndpointRouteBuilder routes)
    {
        // Ids are base64, so they may hold slashes, which a client escapes or not.
        routes.MapGet("/apps/{app}/channels", ListAsync).Require(Scopes.Manage);
        routes.MapPost("/apps/{app}/channels", CreateAsync).Require(Scopes.Manage);
        routes.MapGet("/apps/{app}/channels/{**id}", ReadAsync).Require(Scopes.Manage);
        routes.MapDelete("/apps/{app}/channels/{**id}", DeleteAsync).Require(Scopes.Manage);
    }

    private async Task ListAsync(HttpContext context)
    {
        if (await AppOfAsync(context) is not { } app)
            return;
        var answer = await AskAsync(context, () => channels.ListAsync(app, context.RequestAborted));
        if (answer is not null)
        {
            await WriteAsync(context, StatusCodes.Status200OK, json =>
            {
                json.WriteStartArray("channels"u8);
                foreach (var id in answer)
                    json.WriteStringValue(id);
                json.WriteEndArray();
            });
        }
    }

    private async Task CreateAsync(HttpContext context)
    {
        if (await AppOfAsync(context) is not { } app || await StorageOfAsync(context) is not { } storage)
            return;
        if (await AskAsync(context, () => channels.CreateAsync(app, storage, context.RequestAborted)) is not { } channel)
            return;
        context.Response.Headers.Location = $"/apps/{Uri.EscapeDataString(app.Name)}/channels/{Uri.EscapeDataString(channel.Id)}";
        await WriteAsync(context, StatusCodes.Status201Created, json => Describe(json, channel));
    }

    private async Task ReadAsync(HttpContext context)
    {
        if (await AppOfAsync(context) is not { } app || await IdOfAsync(context) is not { } id)
            return;
        if (await AskAsync(context, () => channels.ReadAsync(app, id, context.RequestAborted)) is { } channel)
            await WriteAsync(context, StatusCodes.Status200OK, json => Describe(json, channel));
    }

    private async Task DeleteAsync(HttpContext context)
    {
        if (await AppOfAsync(context) is not { } app || await IdOfAsync(context) is not { } id)
            return;
        if (await AskAsync(context, () => channels.DeleteAsync(app, id, context.RequestAborted), isDelete: true) is not null)
            context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task<ApnsApp?> AppOfAsync(HttpContext context)
    {
        if (TryFind(context, Caller.Of(context), out var app))
            return app;
        await ChannelProblems.NoSuchApp.WriteAsync(context);
        return null;
    }

    // Another tenant's app does not exist, as in POST /push.
    private bool TryFind(HttpContext context, Caller caller, [NotNullWhen(true)] out ApnsApp? app)
    {
        app = apps.TryGet((string)context.Request.RouteValues["app"]!, out var found) && found.Tenant == caller.Tenant ? found as ApnsApp : null;
        return app is not null;
    }

    private static async Task<string?> IdOfAsync(HttpContext context)
    {
        var id = ((string?)context.Request.RouteValues["id"] ?? "").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        if (ChannelId.Problem(id) is null)
            return id;
        await ChannelProblems.NoSuchChannel.WriteAsync(context);
        return null;
    }

    /// <summary>The body is optional: <c>{"storage":"none"}</c> or <c>{"storage":"mostRecent"}</c>.</summary>
    private static async Task<ChannelStorage?> StorageOfAsync(HttpContext context)
    {
        if (context.Request.ContentLength is null or 0 && !context.Request.Headers.ContainsKey("Transfer-Encoding"))
            return ChannelStorage.None;
        if (!context.Request.HasJsonContentType())
        {
            await Problems.UnsupportedMediaType.WriteAsync(context);
            return null;
        }

        var problems = new List<PushProblem>();
        try
        {
            context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = MaxBodyBytes;
            using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            var storage = ChannelRequest.Read(body.RootElement, problems);
            if (problems.Count == 0)
                return storage;
            await Problems.Invalid(problems).WriteAsync(context);
        }
        catch (JsonException e)
        {
            await Problems.Malformed(e).WriteAsync(context);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            await Problems.TooLarge.WriteAsync(context);
        }

        return null;
    }

    private async Task<T?> AskAsync<T>(HttpContext context, Func<Task<ChannelAnswer<T>>> askAsync, bool isDelete = false)
        where T : class
    {
        try
        {
            var answer = await askAsync();
            if (answer.Refusal is null)
                return answer.Value;
            await ChannelProblems.Of(answer.Refusal, isDelete).WriteAsync(context);
        }
        catch (InvalidAppException e)
        {
            Log.Misconfigured(logger, e.Message); // it names files, which are not the caller's business
            await ChannelProblems.Misconfigured.WriteAsync(context);
        }

        return null;
    }

    private static void Describe(Utf8JsonWriter json, ApnsChannel channel)
    {
        json.WriteString("id"u8, channel.Id);
        json.WriteString("storage"u8, ChannelRequest.WordOf(channel.Storage));
    }

    private static async Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await using (var json = new Utf8JsonWriter(context.Response.BodyWriter))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Channels cannot be managed: {Problem}")]
        public static partial void Misconfigured(ILogger logger, string problem);
    }
}
