using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Dispatcher.Api.Access;
using Dispatcher.Api.Pushes;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Topics;

/// <summary>
/// <c>/apps/{app}/topics/{topic}</c>: who is subscribed to an FCM topic. FCM keeps that; nothing is kept here. What is sent to a topic goes
/// through <c>POST /push</c> like every push.
/// </summary>
internal sealed class TopicEndpoints(AppCatalog apps, FcmTopics topics)
{
    private static readonly JsonDocumentOptions JsonOptions = new() { AllowDuplicateProperties = false };

    /// <summary>Maps the routes.</summary>
    /// <param name="routes">Where.</param>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/apps/{app}/topics/{topic}/subscribe", context => HandleAsync(context, topics.SubscribeAsync)).Require(Scopes.Manage);
        routes.MapPost("/apps/{app}/topics/{topic}/unsubscribe", context => HandleAsync(context, topics.UnsubscribeAsync)).Require(Scopes.Manage);
    }

    private async Task HandleAsync(
        HttpContext context, Func<FcmApp, string, IReadOnlyList<string>, CancellationToken, Task<TopicAnswer>> changeAsync)
    {
        if (!TryFind(context, Caller.Of(context), out var app))
        {
            await TopicProblems.NoSuchApp.WriteAsync(context);
        }
        else if (!context.Request.HasJsonContentType())
        {
            await Problems.UnsupportedMediaType.WriteAsync(context);
        }
        else
        {
            var topic = (string)context.Request.RouteValues["topic"]!;
            var (tokens, problem) = await ReadAsync(context, topic);
            problem ??= await ChangeAsync(context, () => changeAsync(app, topic, tokens, context.RequestAborted), tokens);
            if (problem is not null)
                await problem.WriteAsync(context);
        }
    }

    // Another tenant's app does not exist, as in POST /push.
    private bool TryFind(HttpContext context, Caller caller, [NotNullWhen(true)] out FcmApp? app)
    {
        app = apps.TryGet((string)context.Request.RouteValues["app"]!, out var found) && found.Tenant == caller.Tenant ? found as FcmApp : null;
        return app is not null;
    }

    private static async Task<(IReadOnlyList<string> Tokens, Problem? Problem)> ReadAsync(HttpContext context, string topic)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, JsonOptions, context.RequestAborted);
            var tokens = TopicRequest.Read(body.RootElement, out var problems);
            if (TopicName.Problem(topic) is { } topicProblem)
                problems.Insert(0, new PushProblem("", $"names a topic in its path that {topicProblem}"));
            return (tokens, problems.Count > 0 ? Problems.Invalid(problems) : null);
        }
        catch (JsonException e)
        {
            return ([], Problems.Malformed(e));
        }
        catch (InvalidOperationException)
        {
            return ([], Problems.Malformed(new JsonException("A member has a name that is not valid Unicode."))); // found while looking for names that are there twice
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return ([], Problems.TooLarge);
        }
    }

    private static async Task<Problem?> ChangeAsync(HttpContext context, Func<Task<TopicAnswer>> changeAsync, IReadOnlyList<string> tokens)
    {
        try
        {
            var answer = await changeAsync();
            if (answer.Refusal is not null)
                return TopicProblems.Of(answer.Refusal);
            await WriteAsync(context, tokens, answer.Errors!);
            return null;
        }
        catch (InvalidAppException e)
        {
            return TopicProblems.Misconfigured(e.Message);
        }
    }

    private static async Task WriteAsync(HttpContext context, IReadOnlyList<string> tokens, IReadOnlyList<string?> errors)
    {
        context.Response.ContentType = "application/json";
        await using (var json = new Utf8JsonWriter(context.Response.BodyWriter))
        {
            json.WriteStartObject();
            json.WriteNumber("succeeded"u8, errors.Count(error => error is null));
            json.WriteNumber("failed"u8, errors.Count(error => error is not null));
            json.WriteStartArray("results"u8);
            foreach (var (token, error) in tokens.Zip(errors))
            {
                json.WriteStartObject();
                json.WriteString("target"u8, Target.Token(token).Hash);
                if (error is not null)
                    json.WriteString("error"u8, error);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
