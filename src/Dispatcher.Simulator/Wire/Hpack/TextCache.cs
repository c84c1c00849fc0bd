using System.Text;

namespace Dispatcher.Simulator.Wire.Hpack;

/// <summary>Strings that come again with every request of a connection, such as its provider token, by their bytes.</summary>
internal sealed class TextCache
{
    // One slot per hash; whoever comes later stays. Enough for a client's headers, of which only the path and the id are new each time.
    private const int Slots = 256;

    private readonly string?[] _slots = new string?[Slots];

    public string Get(ReadOnlySpan<byte> bytes)
    {
        var hash = new HashCode();
        hash.AddBytes(bytes);
        ref var slot = ref _slots[hash.ToHashCode() & (Slots - 1)];
        // Latin-1: whatever bytes a header has, they can be seen and sent back.
        return slot is { } known && Ascii.Equals(bytes, known) ? known : slot = Encoding.Latin1.GetString(bytes);
    }
}
