namespace Dispatcher.Simulator.Wire.Hpack;

/// <summary>Reads the header blocks of one connection, in their order: RFC 7541.</summary>
/// <param name="tableBytes">The SETTINGS_HEADER_TABLE_SIZE that was announced.</param>
internal sealed class HpackDecoder(int tableBytes)
{
    private readonly DynamicTable _dynamic = new(tableBytes);
    private readonly TextCache _texts = new();
    private byte[] _scratch = new byte[1024];

    /// <summary>Reads a whole block.</summary>
    /// <param name="block">What HEADERS and its CONTINUATIONs held.</param>
    /// <param name="fields">Gets the fields, as far as they fit.</param>
    /// <param name="maxBytes">The bound for what is kept; the tables follow the block in any case.</param>
    /// <returns>Whether everything fitted.</returns>
    /// <exception cref="HpackException">It is no header block.</exception>
    public bool Decode(ReadOnlySpan<byte> block, List<HeaderField> fields, int maxBytes)
    {
        var size = 0;
        while (!block.IsEmpty)
        {
            if ((block[0] & 0xe0) == 0x20)
            {
                Resize(HpackInteger.Read(ref block, 5));
                continue;
            }

            var field = ReadField(ref block);
            size += field.Size;
            if (size <= maxBytes)
                fields.Add(field);
        }

        return size <= maxBytes;
    }

    private HeaderField ReadField(ref ReadOnlySpan<byte> block)
    {
        if ((block[0] & 0x80) != 0)
            return At(HpackInteger.Read(ref block, 7));

        var isIndexed = (block[0] & 0x40) != 0;
        var index = HpackInteger.Read(ref block, isIndexed ? 6 : 4);
        var name = index == 0 ? ReadText(ref block) : At(index).Name;
        var field = new HeaderField(name, ReadText(ref block));
        if (isIndexed)
            _dynamic.Add(field);
        return field;
    }

    private HeaderField At(int index) => index switch
    {
        0 => throw new HpackException("index 0"),
        _ when index <= StaticTable.Count => StaticTable.At(index),
        _ when index - StaticTable.Count <= _dynamic.Count => _dynamic.At(index - StaticTable.Count - 1),
        _ => throw new HpackException($"index {index} is beyond the tables"),
    };

    private string ReadText(ref ReadOnlySpan<byte> block)
    {
        if (block.IsEmpty)
            throw new HpackException("a text is missing");
        var isHuffman = (block[0] & 0x80) != 0;
        var length = HpackInteger.Read(ref block, 7);
        if (length > block.Length)
            throw new HpackException("a text is longer than its block");

        var text = block[..length];
        block = block[length..];
        if (!isHuffman)
            return _texts.Get(text);

        if (_scratch.Length < HuffmanCode.MaxDecoded(length))
            _scratch = new byte[HuffmanCode.MaxDecoded(length)];
        return _texts.Get(_scratch.AsSpan(0, HuffmanCode.Decode(text, _scratch)));
    }

    private void Resize(int bytes)
    {
        if (bytes > tableBytes)
            throw new HpackException("the table would be larger than announced");
        _dynamic.Resize(bytes);
    }
}
