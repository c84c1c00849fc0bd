using System.Buffers;
using System.IO.Pipelines;
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
        var body = context.Request.BodyReader;
        ReadResult read;
        try
        {
            read = await body.ReadAsync(context.RequestAborted);
            while (!read.IsCompleted)
            {
                body.AdvanceTo(read.Buffer.Start, read.Buffer.End); // keeps what there is: a document is parsed whole
                read = await body.ReadAsync(context.RequestAborted);
            }
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return ([], Problems.TooLarge);
        }

        var admitted = Admit(read.Buffer, caller);
        body.AdvanceTo(read.Buffer.End); // also past a body that was wrong, or the connection could not go on
        return admitted;
    }

    private (List<(PushNotification Push, Lane Lane)> Pushes, Problem? Problem) Admit(ReadOnlySequence<byte> body, Caller caller)
    {
        try
        {
            using var document = Parse(body);
            var request = RequestReader.Read(document.RootElement, time.GetUtcNow(), out var problems);
            var pushes = admission.Admit(request, caller.Tenant, problems);
            return (pushes, problems.Count > 0 ? Problems.Invalid(problems) : null);
        }
        catch (JsonException e)
        {
            return ([], Problems.Malformed(e));
        }
    }

    private static JsonDocument Parse(ReadOnlySequence<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body, JsonOptions);
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("A member has a name that is not valid Unicode.", e); // found while looking for names that are there twice
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
