using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Dispatcher.Client;

/// <summary>JSON that a caller wrote, on one line, with an idempotency key in it.</summary>
internal static class RawMessage
{
    /// <summary>Writes it.</summary>
    /// <param name="utf8">The JSON. What is none is written as it is: the API says what is wrong with it.</param>
    /// <param name="output">Where.</param>
    /// <param name="key">The key, unless the JSON has one, or an id, which does the same.</param>
    public static void Write(ReadOnlySpan<byte> utf8, IBufferWriter<byte> output, string? key)
    {
        if (key is not null && utf8.TrimStart(" \t\r\n"u8) is [(byte)'{', .. var members] && Lacks(utf8, out var isEmpty))
        {
            output.Write("{\"idempotencyKey\":\""u8);
            output.Write(Encoding.UTF8.GetBytes(JsonEncodedText.Encode(key).Value));
            output.Write(isEmpty ? "\""u8 : "\","u8);
            WriteOnOneLine(members, output);
        }
        else
        {
            WriteOnOneLine(utf8, output);
        }
    }

    /// <summary>Line ends in JSON are white space; within a string they would be wrong, and the API finds that all the same.</summary>
    private static void WriteOnOneLine(ReadOnlySpan<byte> utf8, IBufferWriter<byte> output)
    {
        while (utf8.IndexOfAny((byte)'\n', (byte)'\r') is >= 0 and var end)
        {
            output.Write(utf8[..end]);
            output.Write(" "u8);
            utf8 = utf8[(end + 1)..];
        }

        output.Write(utf8);
    }

    private static bool Lacks(ReadOnlySpan<byte> utf8, out bool isEmpty)
    {
        isEmpty = true;
        var json = new Utf8JsonReader(utf8);
        try
        {
            json.Read();
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                isEmpty = false;
                if (json.ValueTextEquals("idempotencyKey"u8) || json.ValueTextEquals("id"u8))
                    return false;
                json.Skip();
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
