namespace Dispatcher.Simulator.Wire.Hpack;

/// <summary>One header field.</summary>
internal readonly record struct HeaderField(string Name, string Value)
{
    // RFC 7541 §4.1: "the size of an entry is the sum of its name's length, its value's length and 32".
    private const int Overhead = 32;

    /// <summary>What it counts for in a table and in a header list.</summary>
    public int Size => Name.Length + Value.Length + Overhead;
}
