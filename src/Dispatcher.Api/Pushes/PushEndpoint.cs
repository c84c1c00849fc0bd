using System.Text.Json;
using Dispatcher.Api.Access;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Pushes;

/// <summary><c>POST /push</c>: who, what, is it right, publish, answer.</summary>
internal sealed class PushEndpoint(ApiKeys keys, Admission admission, PushPublisher publisher, TimeProvider time)
{
    private static readonly JsonDocumentOptions JsonOptions = new() { AllowDuplicateProperties = false };

    /// <summary>Handles one request.</summary>
    /// <param name="context">The request.</param>
    public async Task HandleAsync(HttpContext context)
    {
        if (!keys.TryFind(context.Request.Headers.Authorization, out var caller))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await Problems.Unauthorized.WriteAsync(context);
        }
        else if (!context.Request.HasJsonContentType())
        {
            await Problems.UnsupportedMediaType.WriteAsync(context);
        }
        else
        {
            var (pushes, problem) = await ReadAsync(context, caller);
            problem ??= await PublishAsync(pushes);
            if (problem is not null)
                await problem.WriteAsync(context);
            else
                await WriteAcceptedAsync(context, pushes);
        }
    }

    private async Task<(List<(PushNotification Push, Lane Lane)> Pushes, Problem? Problem)> ReadAsync(HttpContext context, Caller caller)
    {
        try
        {
            var body = context.Request.BodyReader;
            var read = await body.ReadAsync(context.RequestAborted);
            while (!read.IsCompleted)
            {
                body.AdvanceTo(read.Buffer.Start, read.Buffer.End); // keeps what there is: a document is parsed whole
                read = await body.ReadAsync(context.RequestAborted);
            }

            using var document = JsonDocument.Parse(read.Buffer, JsonOptions);
            var request = RequestReader.Read(document.RootElement, time.GetUtcNow(), out var problems);
            body.AdvanceTo(read.Buffer.End);
            var pushes = admission.Admit(request, caller.Tenant, problems);
            return (pushes, problems.Count > 0 ? Problems.Invalid(problems) : null);
        }
        catch (JsonException e)
        {
            return ([], Problems.Malformed(e));
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return ([], Problems.TooLarge);
        }
    }

    private async Task<Problem?> PublishAsync(List<(PushNotification Push, Lane Lane)> pushes)
    {
        var answer = await publisher.PublishAsync(pushes);
        if (answer.IsAcked)
            return null;
        return answer == PublishAnswer.QueueFull ? Problems.Overloaded : Problems.NotAcknowledged(answer, pushes);
    }

    private async Task WriteAcceptedAsync(HttpContext context, List<(PushNotification Push, Lane Lane)> pushes)
    {
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.ContentType = "application/json";
        await using (var json = new Utf8JsonWriter(context.Response.BodyWriter))
        {
            json.WriteStartObject();
            // A request for one target is the push, and both have the same id.
            json.WriteString("id"u8, pushes.Count == 1 ? pushes[0].Push.Id : Guid.CreateVersion7(time.GetUtcNow()));
            json.WriteStartArray("pushes"u8);
            foreach (var (push, _) in pushes)
            {
                json.WriteStartObject();
                json.WriteString("id"u8, push.Id);
                json.WriteString("app"u8, push.App);
                json.WriteString("target"u8, push.Target.Hash);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
