using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Dispatcher.Deploy.Tests;

/// <summary>
/// The part of YAML that deploy/ is written in, as JSON whose scalars are all strings: block and flow collections, quoted and plain scalars,
/// block scalars, anchors with merge keys, comments. What it does not know it refuses.
/// </summary>
internal sealed partial class YamlReader
{
    private readonly List<(int Indent, string Text)> _lines = [];
    private readonly Dictionary<string, JsonNode> _anchors = [];
    private int _at;

    private YamlReader(string text)
    {
        foreach (var line in text.Split('\n'))
            _lines.Add((line.Length - line.TrimStart(' ').Length, line.Trim()));
    }

    /// <summary>Every document of a file.</summary>
    public static IReadOnlyList<JsonNode> ReadAll(string text) =>
    [
        .. DocumentEnd.Split(text)
            .Select(document => new YamlReader(document))
            .Select(reader => reader.Block(0))
            .OfType<JsonNode>(),
    ];

    public static JsonNode Read(string text) => ReadAll(text).Single();

    private JsonNode? Block(int indent)
    {
        Skip();
        if (_at == _lines.Count || _lines[_at].Indent < indent)
            return null;
        indent = _lines[_at].Indent;
        return IsItem(_lines[_at].Text) ? Items(indent) : Members(indent);
    }

    private JsonArray Items(int indent)
    {
        var items = new JsonArray();
        for (Skip(); _at < _lines.Count && _lines[_at].Indent == indent && IsItem(_lines[_at].Text); Skip())
        {
            var rest = _lines[_at].Text[1..].TrimStart();
            // What follows the dash stands where it stands: "- a: 1" begins a mapping two columns further in.
            if (Key.IsMatch(rest) || rest.StartsWith("- ", StringComparison.Ordinal))
            {
                _lines[_at] = (indent + _lines[_at].Text.Length - rest.Length, rest);
                items.Add(Block(indent + 1));
            }
            else
            {
                items.Add(Value(rest, indent));
            }
        }

        return items;
    }

    private JsonObject Members(int indent)
    {
        var members = new JsonObject();
        for (Skip(); _at < _lines.Count && _lines[_at].Indent == indent; Skip())
        {
            var match = Key.Match(_lines[_at].Text);
            if (!match.Success)
                throw new FormatException($"line {_at + 1} is neither an item nor a member: {_lines[_at].Text}");
            var name = Scalar(match.Groups["key"].Value);
            var value = Value(match.Groups["rest"].Value, indent);
            if (name == "<<")
                Merge(members, (JsonObject)value!);
            else
                members[name] = value;
        }

        return members;
    }

    // A member that is there already stays; merged ones come first here, so what is written beside them wins.
    private static void Merge(JsonObject members, JsonObject merged)
    {
        foreach (var (name, value) in merged)
            members.TryAdd(name, value?.DeepClone());
    }

    private JsonNode? Value(string text, int indent)
    {
        text = Comment.Replace(text, "").Trim();
        if (text.StartsWith('&'))
        {
            var name = text.Split(' ')[0][1..];
            return _anchors[name] = Value(text[(name.Length + 1)..], indent)!;
        }

        if (text.StartsWith('*'))
        {
            _at++;
            return _anchors[text[1..]].DeepClone();
        }

        if (text is "|" or ">" or ">-" or "|-")
            return Lines(indent, text[0] == '|' ? "\n" : " ");
        if (text.StartsWith('[') || text.StartsWith('{'))
            return Flow(text);
        _at++;
        if (text.Length > 0)
            return Scalar(text);
        Skip();
        if (_at < _lines.Count && _lines[_at].Indent > indent && (_lines[_at].Text[0] is '[' or '{'))
            return Flow(Comment.Replace(_lines[_at].Text, ""));
        // A sequence may stand below its key without being further in.
        return _at < _lines.Count && _lines[_at].Indent == indent && IsItem(_lines[_at].Text) ? Items(indent) : Block(indent + 1);
    }

    private string Lines(int indent, string separator)
    {
        var lines = new List<string>();
        for (_at++; _at < _lines.Count && (_lines[_at].Indent > indent || _lines[_at].Text.Length == 0); _at++)
            lines.Add(_lines[_at].Text);
        return string.Join(separator, lines).Trim();
    }

    private JsonNode Flow(string text)
    {
        for (_at++; !new FlowText(text).IsWhole; _at++)
            text += $" {Comment.Replace(_lines[_at].Text, "")}";
        return new FlowText(text).Read();
    }

    private void Skip()
    {
        while (_at < _lines.Count && (_lines[_at].Text.Length == 0 || _lines[_at].Text.StartsWith('#')))
            _at++;
    }

    private static bool IsItem(string text) => text == "-" || text.StartsWith("- ", StringComparison.Ordinal);

    internal static string Scalar(string text)
    {
        text = text.Trim();
        return text switch
        {
            ['"', .. var inside, '"'] => inside.Replace("\\\"", "\"", StringComparison.Ordinal).Replace(@"\\", @"\", StringComparison.Ordinal),
            ['\'', .. var inside, '\''] => inside.Replace("''", "'", StringComparison.Ordinal),
            _ => text,
        };
    }

    [GeneratedRegex("^---.*$", RegexOptions.Multiline)]
    private static partial Regex DocumentEnd { get; }

    [GeneratedRegex("""^(?<key>"[^"]*"|'[^']*'|[^\s"'\[{#][^"'\[{]*?):(?:\s+(?<rest>.*))?$""")]
    private static partial Regex Key { get; }

    // Outside quotes, a # after a blank begins a comment; a line of ours with quotes has none after them that looks like one.
    [GeneratedRegex("""(?:^|\s)#[^"']*$""")]
    private static partial Regex Comment { get; }
}
