using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Dispatcher.Core.Pushes;

/// <summary>
/// Changes to the wire form of a push. Members that are not named here keep their bytes, also those that this version does not know.
/// </summary>
public sealed record PushEdit
{
    /// <summary>Another app.</summary>
    public string? App { get; init; }

    /// <summary>Another time to live, in seconds.</summary>
    public int? TimeToLive { get; init; }

    /// <summary>Another instant from which the time to live counts.</summary>
    public DateTimeOffset? AcceptedAt { get; init; }

    /// <summary>Whether it changes anything.</summary>
    public bool IsEmpty => App is null && TimeToLive is null && AcceptedAt is null;

    /// <summary>The push with the changes.</summary>
    /// <param name="utf8">A push that <see cref="PushJson.TryDecode"/> can read.</param>
    public byte[] Apply(ReadOnlySpan<byte> utf8)
    {
        var output = new ArrayBufferWriter<byte>(utf8.Length + 128);
        output.Write("{"u8);
        var reader = new Utf8JsonReader(utf8);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var isReplaced = IsReplaced(ref reader);
            reader.Read();
            reader.Skip();
            if (!isReplaced)
                Add(output, utf8[start..(int)reader.BytesConsumed]);
        }

        foreach (var member in Members())
            Add(output, Encoding.UTF8.GetBytes(member));
        output.Write("}"u8);
        return output.WrittenSpan.ToArray();
    }

    private static void Add(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> member)
    {
        if (output.WrittenCount > 1)
            output.Write(","u8);
        output.Write(member);
    }

    private bool IsReplaced(ref Utf8JsonReader reader) =>
        (App is not null && reader.ValueTextEquals("app"u8))
        || (TimeToLive is not null && reader.ValueTextEquals("timeToLive"u8))
        || (AcceptedAt is not null && reader.ValueTextEquals("acceptedAt"u8));

    private IEnumerable<string> Members()
    {
        if (App is not null)
            yield return $"\"app\":\"{JsonEncodedText.Encode(App, PlainJsonEncoder.Instance)}\"";
        if (TimeToLive is { } timeToLive)
            yield return string.Create(CultureInfo.InvariantCulture, $"\"timeToLive\":{timeToLive}");
        if (AcceptedAt is { } acceptedAt)
            yield return string.Create(CultureInfo.InvariantCulture, $"\"acceptedAt\":\"{acceptedAt.UtcDateTime:O}\"");
    }
}
