using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Dispatcher.Core.Providers.Connections;

/// <summary>A peer's last words: it takes no new streams on a connection.</summary>
/// <param name="Code">RFC 9113 §7.</param>
/// <param name="Reason">The debug data in a word, or the code's name.</param>
internal readonly record struct GoAway(uint Code, string Reason)
{
    private static readonly string[] CodeNames =
    [
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED", "FRAME_SIZE_ERROR",
        "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
    ];

    /// <summary>What front ends of Google's were seen to say.</summary>
    private static readonly string[] GoogleWords =
        ["session_timed_out", "max_age", "exceeded_max_concurrent_streams", "too_many_pings", "graceful_shutdown", "server_shutting_down"];

    /// <summary>The reason as far as it is a known one, for what counts: debug data is anything.</summary>
    public string Word => ProviderReasons.IsKnown(Reason) || GoogleWords.Contains(Reason) || CodeNames.Contains(Reason) ? Reason : ProviderReasons.Other;

    /// <summary>Reads the frame's payload: last stream, code, debug data. APNs writes <c>{"reason":"…"}</c>, FCM a word.</summary>
    public static GoAway Read(ReadOnlySpan<byte> payload)
    {
        var code = BinaryPrimitives.ReadUInt32BigEndian(payload[4..]);
        return new GoAway(code, ReasonWord.Of(Text(payload[8..])) ?? (code < CodeNames.Length ? CodeNames[code] : "UNKNOWN"));
    }

    private static string? Text(ReadOnlySpan<byte> debug)
    {
        if (!debug.StartsWith("{"u8))
            return Encoding.UTF8.GetString(debug);
        try
        {
            var reader = new Utf8JsonReader(debug);
            return JsonElement.ParseValue(ref reader).TryGetProperty("reason", out var reason) && reason.ValueKind == JsonValueKind.String
                ? reason.GetString()
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // not JSON, or not UTF-8
        {
            return null;
        }
    }
}
