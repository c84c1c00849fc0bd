using System.Collections.Frozen;
using System.Text;

namespace Dispatcher.Core.Providers.Connections.Http2;

/// <summary>The fields that both ends know beforehand: RFC 7541, appendix A. Indexes begin with 1.</summary>
internal static class StaticTable
{
    private static readonly (string Name, string Value)[] Fields =
    [
        (":authority", ""), (":method", "GET"), (":method", "POST"), (":path", "/"), (":path", "/index.html"),
        (":scheme", "http"), (":scheme", "https"),
        (":status", "200"), (":status", "204"), (":status", "206"), (":status", "304"), (":status", "400"), (":status", "404"),
        (":status", "500"),
        ("accept-charset", ""), ("accept-encoding", "gzip, deflate"), ("accept-language", ""), ("accept-ranges", ""),
        ("accept", ""), ("access-control-allow-origin", ""), ("age", ""), ("allow", ""), ("authorization", ""),
        ("cache-control", ""), ("content-disposition", ""), ("content-encoding", ""), ("content-language", ""),
        ("content-length", ""), ("content-location", ""), ("content-range", ""), ("content-type", ""), ("cookie", ""),
        ("date", ""), ("etag", ""), ("expect", ""), ("expires", ""), ("from", ""), ("host", ""), ("if-match", ""),
        ("if-modified-since", ""), ("if-none-match", ""), ("if-range", ""), ("if-unmodified-since", ""), ("last-modified", ""),
        ("link", ""), ("location", ""), ("max-forwards", ""), ("proxy-authenticate", ""), ("proxy-authorization", ""),
        ("range", ""), ("referer", ""), ("refresh", ""), ("retry-after", ""), ("server", ""), ("set-cookie", ""),
        ("strict-transport-security", ""), ("transfer-encoding", ""), ("user-agent", ""), ("vary", ""), ("via", ""),
        ("www-authenticate", ""),
    ];

    private static readonly byte[][] Names = [.. Fields.Select(field => Encoding.ASCII.GetBytes(field.Name))];
    private static readonly byte[][] Values = [.. Fields.Select(field => Encoding.ASCII.GetBytes(field.Value))];

    // Where each name begins; those that are there more than once follow each other.
    private static readonly FrozenDictionary<string, int> Indexes = Fields
        .Select((field, place) => (field.Name, Index: place + 1))
        .DistinctBy(field => field.Name)
        .ToFrozenDictionary(field => field.Name, field => field.Index);

    /// <summary>How many; the dynamic table's indexes go on from there.</summary>
    public static int Count => Fields.Length;

    /// <summary>By index, 1 to <see cref="Count"/>.</summary>
    public static ReadOnlySpan<byte> NameAt(int index) => Names[index - 1];

    /// <summary>By index, 1 to <see cref="Count"/>.</summary>
    public static ReadOnlySpan<byte> ValueAt(int index) => Values[index - 1];

    /// <returns>The first index with that name; 0 when there is none.</returns>
    public static int IndexOf(string name) => Indexes.GetValueOrDefault(name);

    /// <param name="nameIndex">The first index with the name.</param>
    /// <param name="value">The value.</param>
    /// <returns>The index with that name and value; 0 when there is none.</returns>
    public static int IndexOf(int nameIndex, string value)
    {
        var name = Fields[nameIndex - 1].Name;
        for (var place = nameIndex - 1; place < Fields.Length && Fields[place].Name == name; place++)
        {
            if (Fields[place].Value == value)
                return place + 1;
        }

        return 0;
    }
}
