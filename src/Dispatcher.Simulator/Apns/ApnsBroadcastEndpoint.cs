using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Dispatcher.Simulator.Control;
using Dispatcher.Simulator.Ledger;
using Dispatcher.Simulator.Wire;

namespace Dispatcher.Simulator.Apns;

/// <summary><c>POST /4/broadcasts/apps/{bundleId}</c>: one Live Activity update for everybody who follows a channel.
/// Source: Apple, "Sending broadcast push notification requests to APNs".</summary>
internal sealed class ApnsBroadcastEndpoint(
    ApnsCredentials credentials, ApnsChannels channels, FaultSwitch faults, AnswerGate gate, TimeProvider time)
{
    public const string PathPrefix = "/4/broadcasts/apps/";

    private const int MaxBytes = 5120;

    public async Task HandleAsync(HttpContext context)
    {
        var (request, now) = (context.Request, time.GetUtcNow());
        var headers = request.Headers;
        var bundleId = request.Path.Value![PathPrefix.Length..];
        string? requestId = headers["apns-request-id"];
        var hasId = Guid.TryParseExact(requestId, "D", out var id);
        if (!hasId)
            id = Guid.CreateVersion7(now);
        var channel = headers["apns-channel-id"].ToString();
        var body = await RequestBody.ReadAsync(request.BodyReader);
        var strike = faults.Take(channel, bundleId, context.Features.Get<WireExchange>() is not null);

        var reason = strike?.Fault is { Status: not 200 } fault
            ? ApnsReason.Named(fault.Status, fault.Reason)
            : !HttpMethods.IsPost(request.Method) ? ApnsReason.MethodNotAllowed
            : requestId is not null && !hasId ? ApnsReason.BadMessageId
            : Judge(context, bundleId, channel, body, now);
        var entry = new LedgerEntry(
            "apns", id.ToString(), channel, reason?.Status ?? StatusCodes.Status200OK, reason?.Name, bundleId, (int)body.Length, now);
        request.BodyReader.AdvanceTo(body.End);
        if (!await gate.PassAsync(context, strike, entry, TimeSpan.Zero))
            return;

        context.Response.Headers["apns-request-id"] = id.ToString();
        if (reason is null)
            context.Response.Headers["apns-unique-id"] = Guid.CreateVersion7(now).ToString();
        else
            await ApnsReply.RefuseAsync(context.Response, reason, strike?.Fault.RetryAfterSeconds, now);
    }

    private ApnsReason? Judge(HttpContext context, string bundleId, string channel, in ReadOnlySequence<byte> body, DateTimeOffset now)
    {
        var headers = context.Request.Headers;
        if (credentials.ProblemOfApp(context, bundleId, now) is { } problem)
            return problem;
        if (channel.Length == 0)
            return ApnsReason.MissingChannelId;
        if (!ApnsChannels.IsId(channel))
            return ApnsReason.BadChannelId;
        if (channels.Find(bundleId, channel) is not { } stores)
            return ApnsReason.ChannelNotRegistered;
        return HeaderProblem(headers, stores) ?? PayloadProblem(body);
    }

    private static ApnsReason? HeaderProblem(IHeaderDictionary headers, bool stores)
    {
        string? pushType = headers["apns-push-type"];
        if (string.IsNullOrEmpty(pushType))
            return ApnsReason.MissingPushType;
        // Apple prints it with a capital in prose, without one in its samples.
        if (!pushType.Equals("liveactivity", StringComparison.OrdinalIgnoreCase))
            return ApnsReason.InvalidPushType;
        if ((string?)headers["apns-priority"] is not ("10" or "5" or "1"))
            return ApnsReason.BadPriority;
        return long.TryParse(headers["apns-expiration"], NumberStyles.None, CultureInfo.InvariantCulture, out var expiration)
            && (expiration == 0 || stores)
            ? null
            : ApnsReason.BadExpirationDate;
    }

    private static ApnsReason? PayloadProblem(in ReadOnlySequence<byte> body)
    {
        if (body.IsEmpty)
            return ApnsReason.PayloadEmpty;
        if (body.Length > MaxBytes)
            return ApnsReason.PayloadTooLarge;
        try
        {
            using var json = JsonDocument.Parse(body);
            // A broadcast cannot start an activity.
            return json.RootElement.GetProperty("aps").GetProperty("event").GetString() is "update" or "end" ? null : ApnsReason.BadRequestPayload;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return ApnsReason.BadRequestPayload;
        }
    }
}
