using System.Buffers;
using System.Text.Json;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Providers;

/// <summary>How payloads are written.</summary>
internal static class PayloadJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = PlainJsonEncoder.Instance, SkipValidation = true };

    [ThreadStatic]
    private static Utf8JsonWriter? _idle;

    /// <summary>A writer onto a buffer.</summary>
    public static Utf8JsonWriter WriterOn(IBufferWriter<byte> output) => new(output, Options);

    /// <summary>The same from the hot path, for <see cref="Finish"/>: the thread's own writer, which saves 190 bytes a push.</summary>
    public static Utf8JsonWriter Begin(IBufferWriter<byte> output)
    {
        if (_idle is not { } writer)
            return WriterOn(output);
        _idle = null; // whoever writes within this gets another
        writer.Reset(output);
        return writer;
    }

    /// <summary>Ends what <see cref="Begin"/> began. Not called after an exception, the writer is left to the garbage collector.</summary>
    public static void Finish(Utf8JsonWriter writer)
    {
        writer.Flush();
        writer.Reset(NoOutput.Instance); // a thread must not keep a push's buffer
        _idle = writer;
    }

    /// <summary>Writes a member, unless there is no value.</summary>
    public static void WriteOptional(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
            writer.WriteString(name, value);
    }

    private sealed class NoOutput : IBufferWriter<byte>
    {
        public static readonly NoOutput Instance = new();

        public void Advance(int count) => throw new NotSupportedException();

        public Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException();

        public Span<byte> GetSpan(int sizeHint = 0) => throw new NotSupportedException();
    }
}
