using System.Globalization;

namespace Dispatcher.Cli.Arguments;

/// <summary>Whole numbers from one to another, as people type them: <c>8</c>, <c>..3</c>, <c>5..</c>, <c>2..4</c>. Both ends count.</summary>
/// <param name="First">The smallest.</param>
/// <param name="Last">The largest.</param>
internal readonly record struct NumberRange(int First, int Last)
{
    public bool Contains(int number) => number >= First && number <= Last;

    public static bool TryParse(string text, out NumberRange range)
    {
        var dots = text.IndexOf("..", StringComparison.Ordinal);
        var (from, to) = dots < 0 ? (text, text) : (text[..dots], text[(dots + 2)..]);
        var first = 0;
        var last = int.MaxValue;
        var valid = text is not ".." && (from is "" && dots >= 0 || TryParseNumber(from, out first)) && (to is "" && dots >= 0 || TryParseNumber(to, out last));
        range = new NumberRange(first, last);
        return valid && first <= last;
    }

    /// <summary>HTTP status codes: a range of numbers, or a class of them such as <c>5xx</c>.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="range">The codes.</param>
    public static bool TryParseStatus(string text, out NumberRange range)
    {
        if (text is not [>= '1' and <= '5' and var hundreds, 'x' or 'X', 'x' or 'X'])
            return TryParse(text, out range);
        var first = (hundreds - '0') * 100;
        range = new NumberRange(first, first + 99);
        return true;
    }

    private static bool TryParseNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
