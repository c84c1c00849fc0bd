using System.Buffers.Binary;
using System.Text;

namespace Dispatcher.EndToEnd.Tests.Stage;

/// <summary>A message in protobuf's wire format, as far as OTLP's traces need it.</summary>
internal sealed class OtlpMessage
{
    private readonly List<(int Field, byte[] Bytes, ulong Number)> _fields = [];

    public OtlpMessage(ReadOnlySpan<byte> wire)
    {
        while (wire.Length > 0)
        {
            var tag = Varint(ref wire);
            var (field, type) = ((int)(tag >> 3), (int)(tag & 7));
            switch (type)
            {
                case 0:
                    _fields.Add((field, [], Varint(ref wire)));
                    break;
                case 1:
                    _fields.Add((field, [], BinaryPrimitives.ReadUInt64LittleEndian(wire)));
                    wire = wire[8..];
                    break;
                case 2:
                    var length = (int)Varint(ref wire);
                    _fields.Add((field, wire[..length].ToArray(), 0));
                    wire = wire[length..];
                    break;
                case 5:
                    _fields.Add((field, [], BinaryPrimitives.ReadUInt32LittleEndian(wire)));
                    wire = wire[4..];
                    break;
                default:
                    throw new InvalidDataException($"Wire type {type}.");
            }
        }
    }

    public IEnumerable<OtlpMessage> Messages(int field) => _fields.Where(f => f.Field == field).Select(f => new OtlpMessage(f.Bytes));

    public string Hex(int field) => Convert.ToHexStringLower(_fields.LastOrDefault(f => f.Field == field).Bytes ?? []);

    public string Text(int field) => Encoding.UTF8.GetString(_fields.LastOrDefault(f => f.Field == field).Bytes ?? []);

    public ulong Number(int field) => _fields.LastOrDefault(f => f.Field == field).Number;

    /// <summary>A list of KeyValue.</summary>
    public Dictionary<string, string> Attributes(int field) => Messages(field).ToDictionary(pair => pair.Text(1), pair => pair.Messages(2).Single().Any());

    private string Any() => _fields.FirstOrDefault() switch
    {
        { Field: 1 } => Text(1),
        { Field: 2 } => Number(2) == 1 ? "true" : "false",
        var other => other.Number.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    private static ulong Varint(ref ReadOnlySpan<byte> wire)
    {
        ulong number = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = wire[0];
            wire = wire[1..];
            number |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return number;
        }
    }
}
