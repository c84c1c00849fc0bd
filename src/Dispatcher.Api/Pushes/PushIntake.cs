using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Dispatcher.Api.Access;
using Dispatcher.Api.Scheduling;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Pushes;

/// <summary>What becomes of the JSON of a request, however it came: read, checked, published.</summary>
internal sealed class PushIntake(Admission admission, PushPublisher publisher, Schedule schedule, TimeProvider time)
{
    private static readonly JsonDocumentOptions JsonOptions = new() { AllowDuplicateProperties = false };

    /// <summary>Reads and checks a request. Nothing of the body is kept.</summary>
    /// <param name="body">The JSON.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="request">The request, if it is right.</param>
    /// <param name="problem">What is wrong, if it is not.</param>
    public bool TryAdmit(
        ReadOnlySequence<byte> body,
        Caller caller,
        [NotNullWhen(true)] out AdmittedRequest? request,
        [NotNullWhen(false)] out Problem? problem)
    {
        (request, problem) = (null, null);
        try
        {
            using var document = Parse(body);
            var read = RequestReader.Read(document.RootElement, time.GetUtcNow(), out var problems);
            var pushes = admission.Admit(read, caller.Tenant, problems);
            var scope = read.Class == PushClass.Bulk ? Scopes.Bulk : Scopes.Send;
            if (problems.Count > 0)
                problem = Problems.Invalid(problems);
            else if (!caller.May(scope))
                problem = AccessProblems.Forbidden(scope);
            else
                request = new AdmittedRequest(pushes.Count == 1 ? pushes[0].Push.Id : Guid.CreateVersion7(time.GetUtcNow()), caller.Tenant, pushes);
        }
        catch (JsonException e)
        {
            problem = Problems.Malformed(e);
        }

        return request is not null;
    }

    /// <summary>Publishes a request.</summary>
    /// <param name="request">The request.</param>
    /// <returns>Why Kafka did not take all of it; <see langword="null"/> when it did.</returns>
    public async Task<Problem?> PublishAsync(AdmittedRequest request)
    {
        // First: what is answered with 202 can be cancelled. What is known and not published does no harm.
        if (request.Scheduled is { } scheduled && await schedule.AnnounceAsync(scheduled) is { Outcome: not ProduceOutcome.Acked } refusal)
            return refusal.IsQueueFull ? Problems.Overloaded : Problems.NothingAcknowledged;
        var answer = await publisher.PublishAsync(request.Pushes);
        if (answer.IsAcked)
            return null;
        return answer == PublishAnswer.QueueFull ? Problems.Overloaded : Problems.NotAcknowledged(answer, request.Pushes);
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
}
