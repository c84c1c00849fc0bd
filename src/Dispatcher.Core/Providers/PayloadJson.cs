using System.Buffers;
using System.Text.Json;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Providers;

/// <summary>How payloads are written.</summary>
internal static class PayloadJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = PlainJsonEncoder.Instance, SkipValidation = true };

    /// <summary>A writer onto a buffer.</summary>
    public static Utf8JsonWriter WriterOn(IBufferWriter<byte> output) => new(output, Options);

    /// <summary>Writes a member, unless there is no value.</summary>
    public static void WriteOptional(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
            writer.WriteString(name, value);
    }
}
