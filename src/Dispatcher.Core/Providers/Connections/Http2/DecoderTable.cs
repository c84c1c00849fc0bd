using System.Numerics;

namespace Dispatcher.Core.Providers.Connections.Http2;

/// <summary>
/// The fields that the peer asked to remember, newest first, within a number of bytes: RFC 7541 §2.3.2 and §4. Everything it will ever
/// need is made with it.
/// </summary>
/// <param name="maxBytes">The largest capacity it may be given.</param>
internal sealed class DecoderTable(int maxBytes)
{
    /// <summary>RFC 7541 §4.1: "the size of an entry is the sum of its name's length, its value's length and 32".</summary>
    public const int Overhead = 32;

    // A ring whose texts never wrap. A text that does not fit behind the newest goes to the front; twice the capacity is enough for that
    // to be free: with room for less behind and less before, the entry and the live ones between would be more than the capacity.
    private readonly byte[] _texts = new byte[2 * maxBytes];
    private readonly Entry[] _entries = new Entry[BitOperations.RoundUpToPowerOf2((uint)(maxBytes / Overhead) + 1)];
    private int _capacity = maxBytes;
    private int _size;
    private int _newest;
    private int _end;

    public int Count { get; private set; }

    /// <summary>By age, 0 is the newest.</summary>
    public ReadOnlySpan<byte> NameAt(int age) => At(age) is var entry ? _texts.AsSpan(entry.Start, entry.NameLength) : default;

    /// <summary>By age, 0 is the newest.</summary>
    public ReadOnlySpan<byte> ValueAt(int age) => At(age) is var entry ? _texts.AsSpan(entry.Start + entry.NameLength, entry.ValueLength) : default;

    /// <param name="name">May be the name of an entry that has to go for this one (RFC 7541 §4.4).</param>
    /// <param name="value">Not one of the table's own.</param>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var length = name.Length + value.Length;
        // A field larger than the table empties it and is not added (RFC 7541 §4.4).
        EvictTo(Math.Max(0, _capacity - length - Overhead));
        if (length + Overhead > _capacity)
            return;

        if (_texts.Length - _end < length)
            _end = 0;
        name.CopyTo(_texts.AsSpan(_end));
        value.CopyTo(_texts.AsSpan(_end + name.Length));
        _newest = (_newest + 1) & (_entries.Length - 1);
        _entries[_newest] = new Entry(_end, name.Length, value.Length);
        _end += length;
        _size += length + Overhead;
        Count++;
    }

    /// <param name="capacity">In bytes, at most what the table was made for.</param>
    public void Resize(int capacity)
    {
        _capacity = capacity;
        EvictTo(capacity);
    }

    private Entry At(int age) => _entries[(_newest - age) & (_entries.Length - 1)];

    private void EvictTo(int size)
    {
        while (_size > size)
        {
            var oldest = At(--Count);
            _size -= oldest.NameLength + oldest.ValueLength + Overhead;
        }
    }

    private readonly record struct Entry(int Start, int NameLength, int ValueLength);
}
