using System.Globalization;
using Dispatcher.Simulator.Control;
using Dispatcher.Simulator.Google;
using Dispatcher.Simulator.Ledger;
using Dispatcher.Simulator.Wire;

namespace Dispatcher.Simulator.Fcm;

/// <summary>Answers <c>POST /v1/projects/{project}/messages:send</c> as FCM does.</summary>
internal sealed class FcmEndpoint(
    ServiceAccount account, AccessTokens accessTokens, FaultSwitch faults, FlakyTokens flaky, AnswerGate gate, TimeProvider time)
{
    private const string PathPrefix = "/v1/projects/";
    private const string PathSuffix = "/messages:send";
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
            : Refusal(request, project, now) ?? problem ?? Scripted(message.Target, script);

        var name = error is null ? NextName(message, now) : null;
        LedgerEntry? entry = message.ValidateOnly && error is null
            ? null
            : new LedgerEntry(
                ProviderName, name, message.Target, error?.HttpStatus ?? StatusCodes.Status200OK, error?.Reason, project, size, now);
        if (!await gate.PassAsync(context, strike, entry, script.Delay))
            return;

        if (error is null)
            await FcmReply.AcceptAsync(context.Response, name!);
        else
            await FcmReply.RefuseAsync(context.Response, error, ReferenceEquals(error, script.Error) ? RetryAfter(script, now) : RetryAfter(strike?.Fault));
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

    private FcmError? Refusal(HttpRequest request, string? project, DateTimeOffset now) => project switch
    {
        null => FcmError.NotFound,
        _ when !HttpMethods.IsPost(request.Method) => FcmError.NotFound,
        _ when !accessTokens.Accepts(request.Headers.Authorization, now) => FcmError.Unauthenticated,
        _ when project != account.ProjectId && project != account.ProjectNumber => FcmError.PermissionDenied,
        _ => null,
    };

    private FcmError? Scripted(string token, in FcmTokenScript script) =>
        script is { Error: { } error } && (script.Failures is not { } failures || flaky.FailsNow(token, failures)) ? error : null;

    private string NextName(in FcmMessage message, DateTimeOffset now)
    {
        if (message.ValidateOnly)
            return $"projects/{account.ProjectId}/messages/fake_message_id";

        var microseconds = (now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return string.Create(
            CultureInfo.InvariantCulture, $"projects/{account.ProjectId}/messages/0:{microseconds}%{Interlocked.Increment(ref _messages):x16}");
    }
}
