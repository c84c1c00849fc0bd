using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Dispatcher.Api.Access;
using Dispatcher.Api.Content;
using Dispatcher.Api.Limits;
using Dispatcher.Api.Previews;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Pushes;

/// <summary>What becomes of the JSON of a request, however it came: read, checked, published.</summary>
/// <param name="admission">Checks.</param>
/// <param name="publisher">Publishes.</param>
/// <param name="known">What was answered lately.</param>
/// <param name="time">Where ids get their instant from.</param>
internal sealed class PushIntake(Admission admission, LimitedPublisher publisher, KnownRequests known, TimeProvider time)
{
    private static readonly JsonDocumentOptions JsonOptions = new() { AllowDuplicateProperties = false };

    /// <summary>Reads and checks a request. Nothing of the body is kept.</summary>
    /// <param name="body">The JSON.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="request">The request, if it is right.</param>
    /// <param name="problem">What is wrong, if it is not.</param>
    /// <param name="idempotencyKey">The key that came beside the body; the body may have one, too, and not another.</param>
    public bool TryAdmit(
        ReadOnlySequence<byte> body,
        Caller caller,
        [NotNullWhen(true)] out AdmittedRequest? request,
        [NotNullWhen(false)] out Problem? problem,
        string? idempotencyKey = null)
    {
        (request, problem) = (null, null);
        try
        {
            using var document = Parse(body);
            var read = RequestReader.Read(document.RootElement, time.GetUtcNow(), out var problems);
            if (idempotencyKey is not null && read.IdempotencyKey is { } other && other != idempotencyKey)
                problems.Add(new PushProblem("/idempotencyKey", "is not the one of the header Idempotency-Key; give one of them"));
            read = read with { IdempotencyKey = idempotencyKey ?? read.IdempotencyKey };
            var identity = RequestIdentity.Of(read, caller.Tenant, body, read.Content.AcceptedAt);
            var isReplayed = identity.Key is { } key && known.HasAccepted(key, identity.Fingerprint);
            var pushes = isReplayed ? Named(read, identity) : admission.Admit(read, identity.PushIds, caller.Tenant, problems);
            var scope = read.Class == PushClass.Bulk ? Scopes.Bulk : Scopes.Send;
            if (problems.Count > 0 && !isReplayed)
                problem = Problems.Invalid(problems);
            else if (!caller.May(scope))
                problem = AccessProblems.Forbidden(scope);
            else
                request = new AdmittedRequest(identity, caller.Tenant, pushes) { Bytes = body.Length, IsReplayed = isReplayed };
        }
        catch (JsonException e)
        {
            problem = Problems.Malformed(e);
        }

        return request is not null;
    }

    /// <summary>Reads and checks a request that is not to be sent. What it is called does not count: it is forgotten.</summary>
    /// <param name="body">The JSON.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="request">The request, if it is right.</param>
    /// <param name="problem">What is wrong, if it is not.</param>
    public bool TryCheck(
        ReadOnlySequence<byte> body,
        Caller caller,
        [NotNullWhen(true)] out CheckedRequest? request,
        [NotNullWhen(false)] out Problem? problem)
    {
        (request, problem) = (null, null);
        try
        {
            using var document = Parse(body);
            var read = RequestReader.Read(document.RootElement, time.GetUtcNow(), out var problems);
            var identity = RequestIdentity.Of(read, caller.Tenant, body, read.Content.AcceptedAt);
            var shown = new List<(App App, Composed Content)>();
            var pushes = admission.Admit(read, identity.PushIds, caller.Tenant, problems, shown);
            if (problems.Count > 0)
                problem = Problems.Invalid(problems);
            else
                request = new CheckedRequest(read, [.. pushes.Zip(shown, (push, from) => new CheckedPush(push.Push, push.Lane, from.App, from.Content))]);
        }
        catch (JsonException e)
        {
            problem = Problems.Malformed(e);
        }

        return request is not null;
    }

    /// <summary>Publishes a request, unless it was accepted before, or waits for the one that is under way with its key.</summary>
    /// <param name="request">The request.</param>
    /// <returns>Why it was not accepted; <see langword="null"/> when it was.</returns>
    public async Task<Problem?> PublishAsync(AdmittedRequest request)
    {
        if (request.IsReplayed)
            return null;
        if (request.Identity.Key is not { } key)
            return (await publisher.PublishAsync(request)).Problem;
        switch (known.Begin(key, request.Identity.Fingerprint, out var first))
        {
            case RequestState.Reused:
                return Problems.KeyReused;
            case RequestState.Accepted or RequestState.UnderWay:
                var problem = await first; // within the producer's message timeout
                request.IsReplayed = problem is null;
                return problem;
        }

        (Problem? Problem, bool IsInDoubt) end = (Problems.Failed, true);
        try
        {
            end = await publisher.PublishAsync(request);
            return end.Problem;
        }
        finally
        {
            known.End(key, end.Problem, end.IsInDoubt);
        }
    }

    /// <summary>What the answer to a known request needs: ids derive from its bytes, and what was right then is not judged again.</summary>
    private static List<(PushNotification Push, Lane Lane)> Named(PushRequest request, RequestIdentity identity) =>
        [.. request.Targets.Select((target, i) =>
            (request.Content with { Id = identity.PushIds[i], App = target.App, Target = target.Target }, default(Lane)))];

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
