using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Dispatcher.Core.Kafka;

/// <summary>
/// A record as librdkafka holds it (<c>rd_kafka_message_t</c>), or an error in the place of one. It is read where it lies; everything that is
/// a span ends with <see cref="Dispose"/>, which must be called exactly once.
/// </summary>
public readonly unsafe ref struct NativeRecord
{
    private readonly Message* _message;

    internal NativeRecord(nint message) => _message = (Message*)message;

    internal nint Pointer => (nint)_message;

    /// <summary>Whether nothing came.</summary>
    public bool IsNone => _message is null;

    /// <summary>What it is instead of a record; of an error only topic, partition and offset may be asked, and not every error has them.</summary>
    public ErrorCode Error => _message->Error;

    /// <summary>The topic's name in UTF-8; empty for an error of none.</summary>
    public ReadOnlySpan<byte> Topic => _message->Topic == 0
        ? default
        : MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)MessageBindings.TopicName(null, _message->Topic));

    /// <summary>The partition; negative for an error of none.</summary>
    public int Partition => _message->Partition;

    /// <summary>The offset; negative for an error of none.</summary>
    public long Offset => _message->Offset;

    /// <summary>Whether it has a key, which may be empty.</summary>
    public bool HasKey => _message->Key is not null;

    /// <summary>The key.</summary>
    public ReadOnlySpan<byte> Key => new(_message->Key, (int)_message->KeyLength);

    /// <summary>Whether it has a value, which may be empty; a tombstone has none.</summary>
    public bool HasValue => _message->Value is not null;

    /// <summary>The value.</summary>
    public ReadOnlySpan<byte> Value => new(_message->Value, (int)_message->ValueLength);

    /// <summary>Milliseconds since 1970, or whatever number its producer gave; 0 or less for none.</summary>
    public long Timestamp => MessageBindings.Timestamp(null, Pointer, out _);

    /// <summary>The epoch of the leader that gave it out; -1 when that is not known.</summary>
    public int LeaderEpoch => MessageBindings.LeaderEpoch(null, Pointer);

    /// <summary>Copies the headers.</summary>
    /// <returns>The headers, or <see langword="null"/> for a record without any.</returns>
    public Headers? CopyHeaders()
    {
        if (MessageBindings.Headers(null, Pointer, out var list) != ErrorCode.NoError)
            return null;
        var headers = new Headers();
        for (nint i = 0; MessageBindings.Header(null, list, i, out var name, out var value, out var length) == ErrorCode.NoError; i++)
            headers.Add(Marshal.PtrToStringUTF8(name), value == 0 ? null : new ReadOnlySpan<byte>((void*)value, (int)length).ToArray());
        return headers;
    }

    /// <summary>Gives it back to librdkafka.</summary>
    public void Dispose()
    {
        if (_message is not null)
            MessageBindings.Destroy(null, Pointer);
    }

    /// <summary><c>rd_kafka_message_t</c>, as declared in <c>rdkafka.h</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public ErrorCode Error;
        public nint Topic;
        public int Partition;
        public void* Value;
        public nuint ValueLength;
        public void* Key;
        public nuint KeyLength;
        public long Offset;
        public nint Private;
    }
}
