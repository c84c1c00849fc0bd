using System.Text;
using Dispatcher.Core.Providers.Connections.Http2;

namespace Dispatcher.Core.Tests.Providers.Connections.Http2;

/// <summary>Keeps the fields of a block as "name=value".</summary>
internal readonly struct HeldFields : IHeaderSink
{
    public HeldFields()
    {
    }

    public List<string> Fields { get; } = [];

    public static List<string> Of(HpackDecoder decoder, ReadOnlySpan<byte> block)
    {
        var sink = new HeldFields();
        decoder.Decode(block, ref sink);
        return sink.Fields;
    }

    public static string Of(HpackDecoder decoder, string hex) => string.Join('|', Of(decoder, Convert.FromHexString(hex)));

    public void Field(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        Fields.Add($"{Encoding.UTF8.GetString(name)}={Encoding.UTF8.GetString(value)}");
}
