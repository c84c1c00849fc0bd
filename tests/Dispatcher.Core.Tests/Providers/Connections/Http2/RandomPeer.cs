using System.Text;
using Dispatcher.Core.Providers.Connections.Http2;

namespace Dispatcher.Core.Tests.Providers.Connections.Http2;

/// <summary>A peer that uses everything that HPACK has, and knows what it said: the table is the specification's, as a list.</summary>
internal sealed class RandomPeer(Random random, int announced)
{
    private readonly List<(string Name, string Value)> _table = [];
    private readonly int _maxTableBytes = announced;
    private int _capacity = announced;

    public byte[] Block(out List<string> fields)
    {
        var block = new List<byte>();
        for (var resizes = random.Next(20) == 0 ? random.Next(3) : 0; resizes > 0; resizes--)
        {
            _capacity = random.Next(_maxTableBytes + 1);
            Write(block, 0x20, 5, _capacity);
            Evict(_capacity);
        }

        fields = [];
        for (var count = random.Next(8); count > 0; count--)
        {
            var (name, value) = Field(block);
            fields.Add($"{name}={value}");
        }

        return [.. block];
    }

    private (string Name, string Value) Field(List<byte> block)
    {
        var index = random.Next(2) == 0 ? random.Next(1, StaticTable.Count + 1) : StaticTable.Count + random.Next(_table.Count + 1);
        if (random.Next(3) == 0)
        {
            Write(block, 0x80, 7, index);
            return At(index);
        }

        var (pattern, bits) = random.Next(4) switch { 0 => (0x00, 4), 1 => (0x10, 4), _ => (0x40, 6) };
        if (random.Next(3) == 0)
            index = 0;
        Write(block, (byte)pattern, bits, index);
        var name = index > 0 ? At(index).Name : Write(block, Text(12));
        var value = Write(block, Text(random.Next(4) == 0 ? _maxTableBytes : 40));
        if (pattern == 0x40)
            Add(name, value);
        return (name, value);
    }

    private (string Name, string Value) At(int index) => index > StaticTable.Count
        ? _table[index - StaticTable.Count - 1]
        : (Encoding.ASCII.GetString(StaticTable.NameAt(index)), Encoding.ASCII.GetString(StaticTable.ValueAt(index)));

    private void Add(string name, string value)
    {
        Evict(_capacity - Size(name, value));
        if (Size(name, value) <= _capacity)
            _table.Insert(0, (name, value));
    }

    private void Evict(int until)
    {
        while (_table.Count > 0 && _table.Sum(entry => Size(entry.Name, entry.Value)) > until)
            _table.RemoveAt(_table.Count - 1);
    }

    private static int Size(string name, string value) => name.Length + value.Length + 32;

    private string Text(int length) => string.Concat(Enumerable.Range(0, random.Next(length + 1)).Select(_ => (char)random.Next(1, 127)));

    private string Write(List<byte> block, string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        var isHuffman = random.Next(2) == 0;
        if (isHuffman)
            bytes = HuffmanText.Encode(bytes);
        Write(block, (byte)(isHuffman ? 0x80 : 0), 7, bytes.Length);
        block.AddRange(bytes);
        return text;
    }

    private static void Write(List<byte> block, byte pattern, int prefixBits, int value)
    {
        var bytes = new byte[HpackInteger.MaxBytes];
        block.AddRange(bytes.AsSpan(0, HpackInteger.Write(bytes, pattern, prefixBits, value)));
    }
}
