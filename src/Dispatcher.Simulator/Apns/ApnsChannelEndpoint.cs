using System.Buffers;
using System.Text.Json;
using Dispatcher.Simulator.Control;
using Dispatcher.Simulator.Wire;

namespace Dispatcher.Simulator.Apns;

/// <summary>Channel management, on a host of its own as Apple has it. Source: Apple, "Sending channel management requests to APNs".</summary>
internal sealed class ApnsChannelEndpoint(ApnsCredentials credentials, ApnsChannels channels, FaultSwitch faults, AnswerGate gate, TimeProvider time)
{
    public const string PathPrefix = "/1/apps/";

    private const string OnePath = "channels";
    private const string AllPath = "all-channels";

    public async Task HandleAsync(HttpContext context)
    {
        var (request, response, now) = (context.Request, context.Response, time.GetUtcNow());
        string? requestId = request.Headers["apns-request-id"];
        var hasId = Guid.TryParseExact(requestId, "D", out var id);
        response.Headers["apns-request-id"] = (hasId ? id : Guid.CreateVersion7(now)).ToString();
        var body = await RequestBody.ReadAsync(request.BodyReader);

        var path = (request.Path.Value ?? "").Split('/');
        var strike = faults.Take(request.Headers["apns-channel-id"].ToString(), path.ElementAtOrDefault(3), context.Features.Get<WireExchange>() is not null);
        var reason = strike?.Fault is { Status: not 200 } fault
            ? ApnsReason.Named(fault.Status, fault.Reason)
            : requestId is not null && !hasId ? ApnsReason.BadMessageId : Refusal(context, path, now) ?? Act(request, response, path, body);
        request.BodyReader.AdvanceTo(body.End);
        // The ledger is about pushes; a channel is none.
        if (await gate.PassAsync(context, strike, null, TimeSpan.Zero) && reason is not null)
            await ApnsReply.RefuseAsync(response, reason, strike?.Fault.RetryAfterSeconds, now);
    }

    private ApnsReason? Refusal(HttpContext context, string[] path, DateTimeOffset now)
    {
        if (path is not ["", "1", "apps", { Length: > 0 } bundleId, OnePath or AllPath])
            return ApnsReason.BadPath;
        return credentials.ProblemOfApp(context, bundleId, now);
    }

    private ApnsReason? Act(HttpRequest request, HttpResponse response, string[] path, in ReadOnlySequence<byte> body)
    {
        string? channel = request.Headers["apns-channel-id"];
        return (path[4], request.Method) switch
        {
            (AllPath, "GET") => List(response, path[3]),
            (OnePath, "POST") => Create(response, path[3], body),
            (OnePath, "GET" or "DELETE") when string.IsNullOrEmpty(channel) => ApnsReason.MissingChannelId,
            (OnePath, "GET" or "DELETE") when !ApnsChannels.IsId(channel!) => ApnsReason.BadChannelId,
            (OnePath, "GET") => Read(response, path[3], channel!),
            (OnePath, "DELETE") => Delete(response, path[3], channel!),
            _ => ApnsReason.MethodNotAllowed,
        };
    }

    private ApnsReason? Create(HttpResponse response, string bundleId, in ReadOnlySequence<byte> body)
    {
        if (body.IsEmpty)
            return ApnsReason.PayloadEmpty;
        if (ReadPolicy(body, out var pushType) is not { } policy)
            return ApnsReason.BadRequestPayload;
        if (!string.Equals(pushType, "LiveActivity", StringComparison.Ordinal))
            return pushType is null ? ApnsReason.MissingPushType : ApnsReason.InvalidPushType;
        if (channels.Create(bundleId, stores: policy == 1) is not { } channel)
            return ApnsReason.CannotCreateChannelConfig;

        response.StatusCode = StatusCodes.Status201Created;
        response.Headers["apns-channel-id"] = channel;
        return null;
    }

    private ApnsReason? Read(HttpResponse response, string bundleId, string channel)
    {
        if (channels.Find(bundleId, channel) is not { } stores)
            return ApnsReason.ChannelNotRegistered;
        Write(response, json =>
        {
            json.WriteNumber("message-storage-policy", stores ? 1 : 0);
            json.WriteString("push-type", "LiveActivity");
        });
        return null;
    }

    // What is gone already was seen to be answered so.
    private ApnsReason? Delete(HttpResponse response, string bundleId, string channel)
    {
        response.StatusCode = StatusCodes.Status204NoContent;
        return channels.Delete(bundleId, channel) ? null : ApnsReason.BadPath;
    }

    private ApnsReason? List(HttpResponse response, string bundleId)
    {
        Write(response, json =>
        {
            json.WriteStartArray("channels");
            foreach (var channel in channels.List(bundleId))
                json.WriteStringValue(channel);
            json.WriteEndArray();
        });
        return null;
    }

    private static void Write(HttpResponse response, Action<Utf8JsonWriter> write)
    {
        response.ContentType = "application/json";
        using var json = new Utf8JsonWriter(response.BodyWriter);
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
    }

    private static int? ReadPolicy(in ReadOnlySequence<byte> body, out string? pushType)
    {
        pushType = null;
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return null;
            pushType = root.TryGetProperty("push-type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null;
            return root.TryGetProperty("message-storage-policy", out var policy) && policy.TryGetInt32(out var number) && number is 0 or 1 ? number : null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
