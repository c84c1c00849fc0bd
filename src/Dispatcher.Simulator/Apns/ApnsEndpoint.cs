using System.Buffers;
using Dispatcher.Simulator.Control;
using Dispatcher.Simulator.Ledger;
using Dispatcher.Simulator.Wire;

namespace Dispatcher.Simulator.Apns;

/// <summary>Answers pushes as APNs does. Apple does not document the order of its checks; this one is plausible and fixed.</summary>
internal sealed class ApnsEndpoint(
    ApnsCredentials credentials, ApnsStore store, FaultSwitch faults, FlakyTokens flaky, AnswerGate gate, TimeProvider time)
{
    private const string PathPrefix = "/3/device/";
    private const string ProviderName = "apns";

    // Today's tokens have 64 digits, but "do not assume a length": this only refuses what can be none.
    private const int MinTokenDigits = 16;
    private const int MaxTokenDigits = 1024;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    public async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        var now = time.GetUtcNow();
        var reason = ReadTarget(request, out var token);
        var headerProblem = ApnsHeaders.Read(request.Headers, now, out var headers);
        var body = await RequestBody.ReadAsync(request.BodyReader);
        var bundleId = ApnsTopics.BundleIdOf(headers.Topic);
        var strike = faults.Take(token, bundleId, context.Features.Get<WireExchange>() is not null);
        var script = ApnsTokenScript.Read(token);

        reason = strike?.Fault is { Status: not 200 } fault
            ? ApnsReason.Named(fault.Status, fault.Reason)
            : reason ?? headerProblem ?? Judge(context, token, headers, script, body, now);
        var size = (int)body.Length;
        request.BodyReader.AdvanceTo(body.End);

        var entry = new LedgerEntry(
            ProviderName, headers.Id.ToString(), token, reason?.Status ?? StatusCodes.Status200OK, reason?.Name, headers.Topic, size, now);
        if (reason is null && strike?.Fault.BreaksBefore != true)
            store.Keep(token, bundleId!, headers, now);
        if (await gate.PassAsync(context, strike, entry, script.Delay))
            await ApnsReply.WriteAsync(context.Response, headers.Id, reason, strike?.Fault.RetryAfterSeconds, now);
    }

    private static ApnsReason? ReadTarget(HttpRequest request, out string token)
    {
        token = "";
        if (!HttpMethods.IsPost(request.Method))
            return ApnsReason.MethodNotAllowed;

        var path = request.Path.Value ?? "";
        if (!path.StartsWith(PathPrefix, StringComparison.Ordinal))
            return ApnsReason.BadPath;

        token = path[PathPrefix.Length..];
        return token.Length == 0 ? ApnsReason.MissingDeviceToken : null;
    }

    private ApnsReason? Judge(
        HttpContext context, string token, in ApnsHeaders headers, in ApnsTokenScript script, in ReadOnlySequence<byte> body, DateTimeOffset now) =>
        credentials.ProblemOfPush(context, headers, now)
        ?? (IsDeviceToken(token) ? null : ApnsReason.BadDeviceToken)
        ?? Scripted(token, script)
        ?? ApnsPayload.Problem(body, headers.PushType);

    private static bool IsDeviceToken(string token) =>
        token.Length is >= MinTokenDigits and <= MaxTokenDigits && token.Length % 2 == 0 && !token.AsSpan().ContainsAnyExcept(HexDigits);

    private ApnsReason? Scripted(string token, in ApnsTokenScript script) =>
        script is { Reason: { } reason } && (script.Failures is not { } failures || flaky.FailsNow(token, failures)) ? reason : null;
}
