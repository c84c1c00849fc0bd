using System.Buffers;
using System.Text.Json;

namespace Dispatcher.Simulator.Apns;

/// <summary>The rules for the body. Source: Apple, "Generating a remote notification".</summary>
internal static class ApnsPayload
{
    private const int MaxBytes = 4096;
    private const int MaxVoipBytes = 5120;

    public static ApnsReason? Problem(in ReadOnlySequence<byte> body, ApnsPushType? pushType)
    {
        if (body.IsEmpty)
            return ApnsReason.PayloadEmpty;
        if (body.Length > (pushType == ApnsPushType.Voip ? MaxVoipBytes : MaxBytes))
            return ApnsReason.PayloadTooLarge;

        // Apple names no reason for a body that is no JSON object; there is no payload in it.
        return IsJsonObject(body) ? null : ApnsReason.PayloadEmpty;
    }

    private static bool IsJsonObject(in ReadOnlySequence<byte> body)
    {
        var json = new Utf8JsonReader(body);
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                return false;
            while (json.Read())
            {
                // Reading to the end is what finds a broken value.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
