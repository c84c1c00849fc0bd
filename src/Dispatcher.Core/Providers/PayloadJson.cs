using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dispatcher.Core.Providers;

/// <summary>How payloads are written: UTF-8 as it is, because an escape costs six of the 4096 bytes that a push may have.</summary>
internal static class PayloadJson
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // nothing here is embedded in HTML
        SkipValidation = true,
    };

    /// <summary>A writer onto a buffer.</summary>
    public static Utf8JsonWriter WriterOn(IBufferWriter<byte> output) => new(output, Options);

    /// <summary>Writes a member, unless there is no value.</summary>
    public static void WriteOptional(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
            writer.WriteString(name, value);
    }
}
