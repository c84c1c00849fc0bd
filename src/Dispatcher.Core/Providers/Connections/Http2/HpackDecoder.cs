namespace Dispatcher.Core.Providers.Connections.Http2;

/// <summary>Reads the header blocks of one connection, all of them and in their order: RFC 7541. Not for concurrent use.</summary>
internal sealed class HpackDecoder
{
    // RFC 9113 §6.5.2: what the peer begins with. It may use more, where more was announced, once it says so.
    private const int InitialTableBytes = 4096;

    // Enough for what providers answer; grows to the longest text, which the list's bound bounds.
    private const int InitialScratchBytes = 256;

    private readonly int _maxTableBytes;
    private readonly int _maxListBytes;
    private readonly DecoderTable _table;
    private byte[] _nameScratch = new byte[InitialScratchBytes];
    private byte[] _valueScratch = new byte[InitialScratchBytes];

    /// <param name="maxTableBytes">The SETTINGS_HEADER_TABLE_SIZE that was announced.</param>
    /// <param name="maxListBytes">What the fields of a block may count for, as RFC 7541 §4.1 counts.</param>
    public HpackDecoder(int maxTableBytes = InitialTableBytes, int maxListBytes = 16 * 1024)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxTableBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(maxListBytes);
        (_maxTableBytes, _maxListBytes) = (maxTableBytes, maxListBytes);
        _table = new DecoderTable(maxTableBytes);
        _table.Resize(Math.Min(maxTableBytes, InitialTableBytes));
    }

    /// <summary>Reads a whole block.</summary>
    /// <param name="block">What HEADERS and its CONTINUATIONs held.</param>
    /// <param name="sink">Gets the fields.</param>
    /// <exception cref="HpackException">
    /// The block is not HPACK, or its list is larger than allowed: the connection is of no use any more (COMPRESSION_ERROR). The sink may
    /// have got some of its fields.
    /// </exception>
    public void Decode<TSink>(ReadOnlySpan<byte> block, ref TSink sink)
        where TSink : IHeaderSink, allows ref struct
    {
        while (!block.IsEmpty && IsResize(block[0]))
            Resize(HpackInteger.Read(ref block, 5));

        var room = _maxListBytes;
        while (!block.IsEmpty)
        {
            var isAdded = ReadField(ref block, out var name, out var value);
            room -= name.Length + value.Length + DecoderTable.Overhead;
            if (room < 0)
                throw new HpackException($"the fields count for more than {_maxListBytes} bytes");
            sink.Field(name, value);
            if (isAdded)
                _table.Add(name, value);
        }
    }

    private static bool IsResize(byte first) => (first & 0xe0) == 0x20;

    /// <returns>Whether it belongs into the table.</returns>
    private bool ReadField(scoped ref ReadOnlySpan<byte> block, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var first = block[0];
        if (first >= 0x80)
        {
            var whole = ReadIndex(ref block, 7);
            name = NameAt(whole);
            value = ValueAt(whole);
            return false;
        }

        if (IsResize(first))
            throw new HpackException("a table size update within a block");
        var isAdded = (first & 0x40) != 0;
        var prefixBits = isAdded ? 6 : 4;
        if ((first & ((1 << prefixBits) - 1)) != 0)
        {
            name = NameAt(ReadIndex(ref block, prefixBits));
        }
        else
        {
            block = block[1..];
            name = ReadText(ref block, ref _nameScratch);
        }

        value = ReadText(ref block, ref _valueScratch);
        return isAdded;
    }

    private int ReadIndex(scoped ref ReadOnlySpan<byte> block, int prefixBits)
    {
        var index = HpackInteger.Read(ref block, prefixBits);
        if (index == 0)
            throw new HpackException("index 0");
        if (index > StaticTable.Count + _table.Count)
            throw new HpackException($"index {index} is beyond the tables");
        return index;
    }

    private ReadOnlySpan<byte> NameAt(int index) =>
        index <= StaticTable.Count ? StaticTable.NameAt(index) : _table.NameAt(index - StaticTable.Count - 1);

    private ReadOnlySpan<byte> ValueAt(int index) =>
        index <= StaticTable.Count ? StaticTable.ValueAt(index) : _table.ValueAt(index - StaticTable.Count - 1);

    private ReadOnlySpan<byte> ReadText(scoped ref ReadOnlySpan<byte> block, ref byte[] scratch)
    {
        if (block.IsEmpty)
            throw new HpackException("a text is missing");
        var isHuffman = block[0] >= 0x80;
        var length = HpackInteger.Read(ref block, 7);
        if (length > block.Length)
            throw new HpackException("a text is longer than its block");

        var text = block[..length];
        block = block[length..];
        if (!isHuffman)
            return text;

        var needed = (int)Math.Min(HuffmanCode.MaxDecoded(length), _maxListBytes);
        if (scratch.Length < needed)
            scratch = new byte[needed];
        return scratch.AsSpan(0, HuffmanCode.Decode(text, scratch));
    }

    private void Resize(int bytes)
    {
        if (bytes > _maxTableBytes)
            throw new HpackException($"a table of {bytes} bytes is larger than the {_maxTableBytes} announced");
        _table.Resize(bytes);
    }
}
