using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Dispatcher.Api.Content;

/// <summary>
/// The text of templates: <c>{{name}}</c> stands for a variable, <c>{{name|text}}</c> has a default for when there is none, and
/// <c>{{{{</c> is <c>{{</c> itself. There is nothing else, and no logic.
/// </summary>
internal static class Placeholders
{
    /// <summary>Longest name of a variable, in characters.</summary>
    public const int MaxNameLength = 64;

    private const string Open = "{{";
    private const string Close = "}}";

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-.");

    /// <summary>Whether a text is anything but itself.</summary>
    public static bool Any(string text) => text.Contains(Open, StringComparison.Ordinal);

    /// <summary>Whether a variable can have that name: letters of ASCII, digits, <c>_ - .</c>, beginning with a letter or <c>_</c>.</summary>
    public static bool IsName(ReadOnlySpan<char> name) =>
        name.Length is > 0 and <= MaxNameLength
        && (char.IsAsciiLetter(name[0]) || name[0] == '_')
        && !name.ContainsAnyExcept(NameCharacters);

    /// <summary>Says what is wrong with a text, or <see langword="null"/>.</summary>
    /// <param name="text">The text.</param>
    public static string? Problem(string text)
    {
        var rest = new Scanner(text);
        while (rest.TryNext(out _))
        {
        }

        return rest.Problem;
    }

    /// <summary>The variables that a text names; those without a default have to be given.</summary>
    /// <param name="text">A text without problems.</param>
    public static IReadOnlyList<string> Names(string text)
    {
        var names = new List<string>();
        var rest = new Scanner(text);
        while (rest.TryNext(out var part))
        {
            if (part.IsPlaceholder)
                names.Add(part.Text.ToString());
        }

        return names;
    }

    /// <summary>Puts values in the place of placeholders.</summary>
    /// <param name="text">A text without problems.</param>
    /// <param name="values">Says a variable's value; <see langword="null"/> when there is none.</param>
    /// <param name="output">Gets the result; how long it may become is checked by <paramref name="room"/>.</param>
    /// <param name="room">Characters after which it ends.</param>
    /// <param name="missing">Hears of a variable that has neither value nor default.</param>
    public static void Render(string text, Func<string, string?> values, StringBuilder output, int room, Action<string> missing)
    {
        var rest = new Scanner(text);
        while (output.Length <= room && rest.TryNext(out var part))
        {
            if (!part.IsPlaceholder)
                output.Append(part.Text);
            else if (values(part.Text.ToString()) is { } value)
                output.Append(value);
            else if (part.HasDefault)
                output.Append(part.Default);
            else
                missing(part.Text.ToString());
        }
    }

    /// <summary>A piece of text as it is, or a placeholder with its name.</summary>
    private readonly ref struct Part
    {
        public ReadOnlySpan<char> Text { get; init; }

        public bool IsPlaceholder { get; init; }

        public bool HasDefault { get; init; }

        public ReadOnlySpan<char> Default { get; init; }
    }

    private ref struct Scanner(ReadOnlySpan<char> text)
    {
        private readonly ReadOnlySpan<char> _text = text;
        private int _at;

        public string? Problem { get; private set; }

        public bool TryNext([MaybeNullWhen(false)] out Part part)
        {
            part = default;
            if (Problem is not null || _at == _text.Length)
                return false;
            var rest = _text[_at..];
            var open = rest.IndexOf(Open);
            if (open != 0)
            {
                part = new Part { Text = open < 0 ? rest : rest[..open] };
                _at += part.Text.Length;
                return true;
            }

            if (rest.StartsWith(Open + Open))
            {
                part = new Part { Text = Open };
                _at += 2 * Open.Length;
                return true;
            }

            var close = rest.IndexOf(Close);
            if (close < 0)
                return Fail("has {{ without }}; write {{{{ for {{ itself");
            var inside = rest[Open.Length..close];
            var bar = inside.IndexOf('|');
            var name = (bar < 0 ? inside : inside[..bar]).Trim(' ');
            if (!IsName(name))
                return Fail(name.IsEmpty ? "has a placeholder without a name" : "has a placeholder whose name is not one of letters, digits, _ - .");
            if (bar >= 0 && inside[bar..].IndexOf(Open) >= 0)
                return Fail("has a default with {{ in it");
            part = new Part { Text = name, IsPlaceholder = true, HasDefault = bar >= 0, Default = bar < 0 ? default : inside[(bar + 1)..] };
            _at += close + Close.Length;
            return true;
        }

        private bool Fail(string problem)
        {
            Problem = $"{problem} (character {_at + 1})";
            return false;
        }
    }
}
