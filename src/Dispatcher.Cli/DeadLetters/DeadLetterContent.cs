using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>The bytes of a dead letter on a screen: JSON indented, other text escaped, other bytes in hex; and never more than fits a few pages.</summary>
/// <param name="record">The dead letter.</param>
/// <param name="reveal">Whether tokens are shown.</param>
internal sealed class DeadLetterContent(DeadLetterRecord record, bool reveal)
{
    private const int MostBytes = 16 * 1024; // four times the largest push; an export has all of it
    private const int HexBytesPerLine = 16;

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = PlainJsonEncoder.Instance,
    };

    private readonly Redaction _redaction = new(record.DecodePush()?.Target);

    /// <summary>The value as JSON, redacted; <see langword="null"/> where it is none.</summary>
    public JsonNode? Json()
    {
        try
        {
            var json = record.Value is { Length: <= MostBytes } value ? JsonNode.Parse(value) : null;
            return reveal ? json : _redaction.Of(json);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null; // broken, not Unicode, or a name twice
        }
    }

    /// <summary>The value, line by line.</summary>
    public IEnumerable<string> Lines()
    {
        if (record.Letter.ValueOmitted is { } omitted)
            return [$"{omitted} bytes, too many for this topic; they lay at {Origin()} and are there until retention deletes them."];
        if (record.Value is not { Length: > 0 } value)
            return [record.Value is null ? "none" : "empty"];
        return Json() is { } json ? Sanitized(json.ToJsonString(Indented)).Split('\n') : Raw(value);
    }

    /// <summary>Any bytes as one line of text.</summary>
    /// <param name="bytes">A key, or a header's value.</param>
    public string Line(byte[]? bytes) => bytes is null ? "none" : Raw(bytes).First();

    private IEnumerable<string> Raw(byte[] bytes)
    {
        var shown = bytes.AsSpan(0, Math.Min(bytes.Length, MostBytes));
        IEnumerable<string> lines = Utf8.IsValid(bytes) || Utf8.IsValid(Whole(shown)) ? [Text(Whole(shown))] : Hex(shown);
        return bytes.Length <= MostBytes ? lines : lines.Append($"… {bytes.Length - MostBytes} more bytes; an export has all of them.");
    }

    private string Text(ReadOnlySpan<byte> utf8)
    {
        var text = Encoding.UTF8.GetString(utf8);
        return string.Concat((reveal ? text : _redaction.OfText(text)).Select(Escaped));
    }

    // Tokens in bytes that are no text are text within them: the column beside the digits would show them.
    private static List<string> Hex(ReadOnlySpan<byte> bytes)
    {
        var lines = new List<string>();
        for (var i = 0; i < bytes.Length; i += HexBytesPerLine)
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{i:x6}  {Convert.ToHexStringLower(bytes[i..Math.Min(i + HexBytesPerLine, bytes.Length)])}"));
        return lines;
    }

    private static string Sanitized(string text) => string.Concat(text.Select(c => c == '\n' ? "\n" : Escaped(c)));

    private static string Escaped(char c) => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString();

    // A cut may go through a character.
    private static ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> utf8)
    {
        var end = utf8.Length;
        while (end > 0 && end > utf8.Length - 4 && !Utf8.IsValid(utf8[..end]))
            end--;
        return utf8[..end];
    }

    private string Origin() =>
        DeadLetterPosition.Text(record.Letter.OriginalTopic, record.Letter.OriginalPartition, record.Letter.OriginalOffset);
}
