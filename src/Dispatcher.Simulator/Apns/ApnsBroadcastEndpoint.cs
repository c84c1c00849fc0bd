using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Dispatcher.Simulator.Control;
using Dispatcher.Simulator.Ledger;

namespace Dispatcher.Simulator.Apns;

/// <summary>
/// Broadcasts, and the management of channels. Apple has a host and port of its own for the latter; here both are on the port of device
/// pushes. Sources: Apple, "Sending broadcast push notification requests to APNs" and "Sending channel management requests to APNs".
/// </summary>
internal sealed class ApnsBroadcastEndpoint(
    string bundleId, ApnsProviderTokens providerTokens, ApnsCertificate certificates, FaultSwitch faults, AnswerGate gate, TimeProvider time)
{
    private const string Broadcasts = "/4/broadcasts/apps/";
    private const string Management = "/1/apps/";
    private const int MaxBytes = 5120;

    private readonly ApnsChannelStore _channels = new();

    /// <summary>Whether a path is for this endpoint.</summary>
    public static bool IsFor(PathString path) =>
        path.StartsWithSegments("/4/broadcasts", StringComparison.Ordinal) || path.StartsWithSegments("/1/apps", StringComparison.Ordinal);

    public async Task HandleAsync(HttpContext context)
    {
        var (request, now) = (context.Request, time.GetUtcNow());
        string? channel = request.Headers["apns-channel-id"];
        var body = await RequestBody.ReadAsync(request.BodyReader);
        var strike = faults.Take(channel ?? "");
        var hasId = Guid.TryParseExact(request.Headers["apns-request-id"], "D", out var id);
        if (!hasId)
            id = Guid.CreateVersion7(now);

        context.Response.Headers["apns-request-id"] = id.ToString();
        var isBroadcast = request.Path.StartsWithSegments("/4", StringComparison.Ordinal);
        Action<HttpResponse>? answer = null;
        var reason = strike?.Fault is { Status: not 200 } fault
            ? ApnsReason.Named(fault.Status, fault.Reason)
            : !hasId && request.Headers.ContainsKey("apns-request-id") ? ApnsReason.BadMessageId
            : Authorize(context, now) ?? (isBroadcast ? Send(request, channel, body) : Manage(request, channel, body, out answer));
        var size = (int)body.Length;
        request.BodyReader.AdvanceTo(body.End);

        // The ledger is about pushes; a channel is none.
        LedgerEntry? entry = isBroadcast
            ? new LedgerEntry("apns", id.ToString(), channel ?? "", reason?.Status ?? StatusCodes.Status200OK, reason?.Name, bundleId, size, now)
            : null;
        if (!await gate.PassAsync(context, strike, entry, TimeSpan.Zero))
            return;
        if (reason is not null)
            await ApnsReply.WriteAsync(context.Response, id, reason, strike?.Fault.RetryAfterSeconds, now);
        else
            answer?.Invoke(context.Response);
    }

    private ApnsReason? Authorize(HttpContext context, DateTimeOffset now)
    {
        var problem = context.Connection.ClientCertificate is { } certificate
            ? certificates.Problem(certificate, bundleId)
            : providerTokens.Problem(context.Request.Headers.Authorization, now);
        if (problem is not null)
            return problem;
        var path = context.Request.Path.Value!;
        var rest = path.StartsWith(Broadcasts, StringComparison.Ordinal) ? path[Broadcasts.Length..]
            : path.StartsWith(Management, StringComparison.Ordinal) ? path[Management.Length..] : "";
        if (rest.Length == 0)
            return ApnsReason.BadPath;
        return rest.Split('/')[0] == bundleId ? null : ApnsReason.TopicDisallowed;
    }

    private ApnsReason? Send(HttpRequest request, string? channel, in ReadOnlySequence<byte> body)
    {
        if (!HttpMethods.IsPost(request.Method))
            return ApnsReason.MethodNotAllowed;
        if (_channels.Problem(channel) is { } problem)
            return problem;
        if ((string?)request.Headers["apns-push-type"] is not { Length: > 0 } pushType)
            return ApnsReason.Named(StatusCodes.Status400BadRequest, "MissingPushType");
        if (!pushType.Equals("liveactivity", StringComparison.OrdinalIgnoreCase)) // Apple prints it in two spellings
            return ApnsReason.InvalidPushType;
        if (!long.TryParse(request.Headers["apns-expiration"], NumberStyles.None, CultureInfo.InvariantCulture, out var expiration)
            || (expiration != 0 && _channels.StorageOf(channel!) == 0))
        {
            return ApnsReason.BadExpirationDate;
        }

        if ((string?)request.Headers["apns-priority"] is not ("10" or "5" or "1"))
            return ApnsReason.BadPriority;
        if (body.IsEmpty)
            return ApnsReason.PayloadEmpty;
        if (body.Length > MaxBytes)
            return ApnsReason.PayloadTooLarge;
        return Parse(body) is { ValueKind: JsonValueKind.Object } ? null : ApnsReason.Named(StatusCodes.Status400BadRequest, "BadRequestPayload");
    }

    private ApnsReason? Manage(HttpRequest request, string? channel, in ReadOnlySequence<byte> body, out Action<HttpResponse>? answer)
    {
        answer = null;
        var last = request.Path.Value!.Split('/')[^1];
        switch (last, request.Method)
        {
            case ("all-channels", "GET"):
                answer = response => Json(response, new { channels = _channels.Ids });
                return null;
            case ("channels", "POST"):
                return Create(body, out answer);
            case ("channels", "GET"):
                answer = response => Json(response, new Dictionary<string, object>
                {
                    ["message-storage-policy"] = _channels.StorageOf(channel!) ?? 0,
                    ["push-type"] = "LiveActivity",
                });
                return _channels.Problem(channel);
            case ("channels", "DELETE"):
                answer = response => response.StatusCode = StatusCodes.Status204NoContent;
                return _channels.Problem(channel) ?? (_channels.Delete(channel!) ? null : ApnsReason.BadPath);
            default:
                return last is "channels" or "all-channels" ? ApnsReason.MethodNotAllowed : ApnsReason.BadPath;
        }
    }

    private ApnsReason? Create(in ReadOnlySequence<byte> body, out Action<HttpResponse>? answer)
    {
        answer = null;
        if (body.IsEmpty)
            return ApnsReason.PayloadEmpty;
        if (Parse(body) is not { ValueKind: JsonValueKind.Object } wish
            || !wish.TryGetProperty("message-storage-policy", out var policy) || policy.ValueKind != JsonValueKind.Number
            || !policy.TryGetInt32(out var storage) || storage is not (0 or 1))
        {
            return ApnsReason.Named(StatusCodes.Status400BadRequest, "BadRequestPayload");
        }

        if (!wish.TryGetProperty("push-type", out var type))
            return ApnsReason.Named(StatusCodes.Status400BadRequest, "MissingPushType");
        if (type.ValueKind != JsonValueKind.String || !type.ValueEquals("LiveActivity"))
            return ApnsReason.InvalidPushType;
        if (_channels.Create(storage) is not { } id)
            return ApnsReason.Named(StatusCodes.Status400BadRequest, "CannotCreateChannelConfig");
        answer = response =>
        {
            response.StatusCode = StatusCodes.Status201Created;
            response.Headers["apns-channel-id"] = id;
        };
        return null;
    }

    private static JsonElement? Parse(in ReadOnlySequence<byte> body)
    {
        try
        {
            return JsonElement.Parse(body.ToArray());
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Json(HttpResponse response, object value)
    {
        response.ContentType = "application/json";
        response.BodyWriter.Write(JsonSerializer.SerializeToUtf8Bytes(value));
    }
}
