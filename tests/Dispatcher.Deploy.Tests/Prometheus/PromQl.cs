using System.Text.RegularExpressions;

namespace Dispatcher.Deploy.Tests.Prometheus;

/// <summary>Which series an expression is about.</summary>
internal static partial class PromQl
{
    private static readonly HashSet<string> Words = new(StringComparer.Ordinal) { "and", "or", "unless", "offset", "bool", "by", "without", "on", "ignoring" };

    public static IEnumerable<string> Series(string expression) =>
        from name in Name.Matches(NoSeries.Replace(Text.Replace(expression, "\"\""), " "))
        where !Words.Contains(name.Value)
        select name.Value;

    [GeneratedRegex("""
        "(?:[^"\\]|\\.)*"
        """)]
    private static partial Regex Text { get; }

    // Matchers, ranges, and the labels of an aggregation.
    [GeneratedRegex(@"\{[^}]*\}|\[[^\]]*\]|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")]
    private static partial Regex NoSeries { get; }

    [GeneratedRegex(@"(?<![\w:$])[a-zA-Z_][\w:]*(?![\w:]*\s*\()")]
    private static partial Regex Name { get; }
}
