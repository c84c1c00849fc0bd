using System.Text.Json.Nodes;

namespace Dispatcher.Deploy.Tests;

/// <summary>YAML's <c>[a, b]</c> and <c>{ a: b }</c>.</summary>
internal sealed class FlowText(string text)
{
    private int _at;

    /// <summary>Whether every bracket that opens closes.</summary>
    public bool IsWhole
    {
        get
        {
            var (depth, quote) = (0, '\0');
            foreach (var c in text)
            {
                if (quote != '\0')
                    quote = c == quote ? '\0' : quote;
                else if (c is '"' or '\'')
                    quote = c;
                else
                    depth += c is '[' or '{' ? 1 : c is ']' or '}' ? -1 : 0;
            }

            return depth == 0;
        }
    }

    public JsonNode Read()
    {
        Blank();
        return text[_at] switch
        {
            '[' => List(),
            '{' => Map(),
            _ => YamlReader.Scalar(Plain(",]}")),
        };
    }

    private JsonArray List()
    {
        var items = new JsonArray();
        for (_at++; ; _at++)
        {
            Blank();
            if (text[_at] == ']')
                break;
            items.Add(Read());
            Blank();
            if (text[_at] == ']')
                break;
        }

        _at++;
        return items;
    }

    private JsonObject Map()
    {
        var members = new JsonObject();
        for (_at++; ; _at++)
        {
            Blank();
            if (text[_at] == '}')
                break;
            var name = YamlReader.Scalar(Plain(":"));
            _at++;
            members[name] = Read();
            Blank();
            if (text[_at] == '}')
                break;
        }

        _at++;
        return members;
    }

    private string Plain(string ends)
    {
        var start = _at;
        if (text[_at] is '"' or '\'')
        {
            _at = text.IndexOf(text[_at], _at + 1) + 1;
            return text[start.._at];
        }

        while (_at < text.Length && !ends.Contains(text[_at], StringComparison.Ordinal))
            _at++;
        return text[start.._at];
    }

    private void Blank()
    {
        while (text[_at] == ' ')
            _at++;
    }
}
