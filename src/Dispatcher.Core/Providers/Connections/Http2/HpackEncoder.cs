using System.Buffers;
using System.Text;

namespace Dispatcher.Core.Providers.Connections.Http2;

/// <summary>
/// Writes the header blocks of one connection: RFC 7541, without Huffman, which would cost more than the bytes it saves. Not for
/// concurrent use, and every block that was written must be sent, in its order: the peer's table follows them.
/// </summary>
internal sealed class HpackEncoder
{
    // RFC 9113 §6.5.2: what the peer allows until it says something else. Ten fields need no more.
    private const int MaxTableBytes = 4096;

    // RFC 7541 §6: how a field, or a table size update, begins.
    private const byte Indexed = 0x80;
    private const byte LiteralIndexed = 0x40;
    private const byte LiteralNotIndexed = 0x00;
    private const byte Resized = 0x20;

    private const int MaxBytesOfCharacter = 3;
    private const int GuidCharacters = 36;

    private readonly EncoderTable _table = new(MaxTableBytes);
    private int _lowest = MaxTableBytes;
    private bool _isResized;

    /// <param name="peerLimit">
    /// The peer's SETTINGS_HEADER_TABLE_SIZE, 0 or more; ours never exceeds 4096. The next block says so in its beginning.
    /// </param>
    public void Resize(int peerLimit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(peerLimit);
        var capacity = Math.Min(peerLimit, MaxTableBytes);
        if (capacity == _table.Capacity)
            return;
        _lowest = _isResized ? Math.Min(_lowest, capacity) : capacity;
        _isResized = true;
        _table.Resize(capacity);
    }

    /// <summary>What a block takes at most, in bytes, while the peer's limit stays as it is.</summary>
    /// <param name="characters">Of all names and values together.</param>
    /// <param name="fields">How many fields.</param>
    public int MaxBytes(int characters, int fields) =>
        // Of the three integers of a field, one is an index; before the fields come two table sizes.
        checked((characters * MaxBytesOfCharacter) + (((fields * 3) + (_isResized ? 2 : 0)) * HpackInteger.MaxBytes));

    /// <summary>Begins a block.</summary>
    /// <returns>How many bytes were written: none, but after the peer changed its mind about the table.</returns>
    public int Begin(Span<byte> target)
    {
        if (!_isResized)
            return 0;
        _isResized = false;
        // RFC 7541 §4.2: the smallest that it was in between, then what it is now.
        var written = _lowest < _table.Capacity ? HpackInteger.Write(target, Resized, 5, _lowest) : 0;
        return written + HpackInteger.Write(target[written..], Resized, 5, _table.Capacity);
    }

    /// <summary>Writes a field by its index where it has one, and otherwise so that it, or at least its name, has one the next time.</summary>
    /// <returns>How many bytes were written.</returns>
    public int Write(in HeaderField field, Span<byte> target)
    {
        var age = _table.Find(field.Name, field.Recurs ? field.Value : null, out var nameAge);
        if (age >= 0)
            return HpackInteger.Write(target, Indexed, 7, IndexOf(age));

        var nameIndex = StaticTable.IndexOf(field.Name);
        if (nameIndex > 0 && StaticTable.IndexOf(nameIndex, field.Value) is var index and > 0)
            return HpackInteger.Write(target, Indexed, 7, index);
        if (nameIndex == 0 && nameAge >= 0)
            nameIndex = IndexOf(nameAge);

        var isAdded = (field.Recurs || nameIndex == 0) && _table.Takes(field.Name.Length + Encoding.UTF8.GetByteCount(field.Value));
        var written = WriteName(field.Name, nameIndex, isAdded, target);
        var valueBytes = WriteText(field.Value, [], target[written..], out var valueLength);
        if (isAdded)
            _table.Add(field.Name, field.Recurs ? field.Value : null, field.Name.Length + valueLength);
        return written + valueBytes;
    }

    /// <summary>Writes a field whose value is made of two parts and never comes again. Its name never goes into the table.</summary>
    /// <returns>How many bytes were written.</returns>
    public int Write(string name, ReadOnlySpan<char> root, ReadOnlySpan<char> rest, Span<byte> target)
    {
        var written = WriteName(name, NameIndexOf(name), isAdded: false, target);
        return written + WriteText(root, rest, target[written..], out _);
    }

    /// <summary>Writes a field whose value is 36 characters (format "D") that never come again.</summary>
    /// <returns>How many bytes were written.</returns>
    public int Write(string name, Guid value, Span<byte> target)
    {
        var nameIndex = NameIndexOf(name);
        var isAdded = nameIndex == 0 && _table.Takes(name.Length + GuidCharacters);
        var written = WriteName(name, nameIndex, isAdded, target);
        target[written++] = GuidCharacters;
        if (!value.TryFormat(target[written..], out _))
            throw new ArgumentException("The target is too short.", nameof(target));
        if (isAdded)
            _table.Add(name, value: null, name.Length + GuidCharacters);
        return written + GuidCharacters;
    }

    private int NameIndexOf(string name)
    {
        var index = StaticTable.IndexOf(name);
        if (index > 0)
            return index;
        _table.Find(name, value: null, out var age);
        return age >= 0 ? IndexOf(age) : 0;
    }

    private static int IndexOf(int age) => StaticTable.Count + 1 + age;

    private static int WriteName(string name, int index, bool isAdded, Span<byte> target)
    {
        var written = isAdded
            ? HpackInteger.Write(target, LiteralIndexed, 6, index)
            : HpackInteger.Write(target, LiteralNotIndexed, 4, index);
        return index > 0 ? written : written + WriteText(name, [], target[written..], out _);
    }

    private static int WriteText(ReadOnlySpan<char> root, ReadOnlySpan<char> rest, Span<byte> target, out int length)
    {
        length = root.Length + rest.Length;
        var written = HpackInteger.Write(target, 0, 7, length);
        var text = target[written..];
        if (Ascii.FromUtf16(root, text, out _) == OperationStatus.Done && Ascii.FromUtf16(rest, text[root.Length..], out _) == OperationStatus.Done)
            return written + length;

        // Not ASCII, so its length was wrong; or too long for the target, which the next line throws for.
        length = Encoding.UTF8.GetByteCount(root) + Encoding.UTF8.GetByteCount(rest);
        written = HpackInteger.Write(target, 0, 7, length);
        written += Encoding.UTF8.GetBytes(root, target[written..]);
        return written + Encoding.UTF8.GetBytes(rest, target[written..]);
    }
}
