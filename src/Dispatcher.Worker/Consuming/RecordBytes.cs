using System.Buffers;

namespace Dispatcher.Worker.Consuming;

/// <summary>A record's value in a rented buffer, copied out of native memory on the pump thread. Give it back exactly once.</summary>
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

    /// <summary>Copies a value that is there.</summary>
    /// <param name="value">The value.</param>
    public static RecordBytes Copy(ReadOnlySpan<byte> value)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(value.Length);
        value.CopyTo(buffer);
        return new RecordBytes(buffer, value.Length);
    }
}
