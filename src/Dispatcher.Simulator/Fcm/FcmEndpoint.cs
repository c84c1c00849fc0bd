using System.Globalization;
using Dispatcher.Simulator.Control;
using Dispatcher.Simulator.Ledger;
using Dispatcher.Simulator.Wire;

namespace Dispatcher.Simulator.Fcm;

/// <summary>Answers <c>POST /v1/projects/{project}/messages:send</c> as FCM does.</summary>
internal sealed class FcmEndpoint(
    FcmProjects projects, FcmQuotas quotas, FaultSwitch faults, FlakyTokens flaky, AnswerGate gate, TimeProvider time)
{
    private const string PathPrefix = "/v1/projects/";
    public const string PathSuffix = "/messages:send";
    private const string ProviderName = "fcm";

    private long _messages;

    public async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        var now = time.GetUtcNow();
        var project = ProjectOf(request);
        var body = await RequestBody.ReadAsync(request.BodyReader);
        var size = (int)body.Length;
        var problem = FcmMessageReader.Read(body, out var message);
        request.BodyReader.AdvanceTo(body.End);

        var strike = faults.Take(message.Target, project, context.Features.Get<WireExchange>() is not null);
        var script = message.IsToken ? FcmTokenScript.Read(message.Target) : default;
        var error = strike?.Fault is { Status: not 200 } fault
            ? FcmError.At(fault.Status, fault.Reason)
            : Refusal(request, project, now) ?? problem ?? Exceeded(project!, message) ?? Scripted(message.Target, script);

        var name = error is null ? NextName(projects.IdOf(project)!, message, now) : null;
        LedgerEntry? entry = message.ValidateOnly && error is null
            ? null
            : new LedgerEntry(
                ProviderName, name, message.Target, error?.HttpStatus ?? StatusCodes.Status200OK, error?.Reason, project, size, now);
        if (!await gate.PassAsync(context, strike, entry, script.Delay))
            return;

        if (error is null)
            await FcmReply.AcceptAsync(context.Response, name!);
        else
            await FcmReply.RefuseAsync(context.Response, error, ReferenceEquals(error, script.Error) ? RetryAfter(script, now) : RetryAfter(strike?.Fault) ?? OwnRetryAfter(error, strike));
    }

    private static string? ProjectOf(HttpRequest request)
    {
        var path = request.Path.Value ?? "";
        return path.StartsWith(PathPrefix, StringComparison.Ordinal) && path.EndsWith(PathSuffix, StringComparison.Ordinal)
            && path.Length > PathPrefix.Length + PathSuffix.Length
            ? path[PathPrefix.Length..^PathSuffix.Length]
            : null;
    }

    private static string? RetryAfter(in FcmTokenScript script, DateTimeOffset now) => script switch
    {
        { RetryAfterSeconds: null } => null,
        { RetryAfterSeconds: { } seconds, RetryAfterAsDate: true } => FcmReply.HttpDate(now.AddSeconds(seconds)),
        { RetryAfterSeconds: { } seconds } => FcmReply.Seconds(seconds),
    };

    private static string? RetryAfter(Fault? fault) => fault?.RetryAfterSeconds is { } seconds ? FcmReply.Seconds(seconds) : null;

    // A quota names its wait by itself; a fault says what it wants to say.
    private static string? OwnRetryAfter(FcmError error, FaultStrike? strike) =>
        strike is null && error.HttpStatus == StatusCodes.Status429TooManyRequests ? FcmReply.Seconds(60) : null;

    private FcmError? Refusal(HttpRequest request, string? project, DateTimeOffset now) => project switch
    {
        null => FcmError.NotFound,
        _ when !HttpMethods.IsPost(request.Method) => FcmError.NotFound,
        _ => projects.Problem(request.Headers.Authorization, project, now),
    };

    private FcmError? Scripted(string token, in FcmTokenScript script) =>
        script is { Error: { } error } && (script.Failures is not { } failures || flaky.FailsNow(token, failures)) ? error : null;

    private FcmError? Exceeded(string project, in FcmMessage message) => quotas.Take(projects.IdOf(project)!, message);

    private string NextName(string project, in FcmMessage message, DateTimeOffset now)
    {
        if (message.ValidateOnly)
            return $"projects/{project}/messages/fake_message_id";

        var microseconds = (now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return string.Create(
            CultureInfo.InvariantCulture, $"projects/{project}/messages/0:{microseconds}%{Interlocked.Increment(ref _messages):x16}");
    }
}
