using System.Buffers;
using Confluent.Kafka;

namespace Dispatcher.Worker.Consuming;

/// <summary>A record's value in a rented buffer, copied out of native memory on the pump thread. Dispose it exactly once.</summary>
/// <param name="Buffer">The buffer; <see langword="null"/> for a record without a value (a tombstone).</param>
/// <param name="Length">How much of it is the value.</param>
internal readonly record struct RecordBytes(byte[]? Buffer, int Length)
{
    /// <summary>The value.</summary>
    public ReadOnlySpan<byte> Span => Buffer.AsSpan(0, Length);

    /// <summary>A copy that outlives the buffer.</summary>
    public byte[]? ToArray() => Buffer is null ? null : Span.ToArray();

    /// <summary>Gives the buffer back.</summary>
    public void Return()
    {
        if (Buffer is { Length: > 0 })
            ArrayPool<byte>.Shared.Return(Buffer);
    }

    /// <summary>Copies; it never throws, because Confluent.Kafka would lose the record that it had just fetched.</summary>
    public sealed class Deserializer : IDeserializer<RecordBytes>
    {
        /// <inheritdoc/>
        public RecordBytes Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context)
        {
            if (isNull)
                return default;
            var buffer = ArrayPool<byte>.Shared.Rent(data.Length);
            data.CopyTo(buffer);
            return new RecordBytes(buffer, data.Length);
        }
    }
}
