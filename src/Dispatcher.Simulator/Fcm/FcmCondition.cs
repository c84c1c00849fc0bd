using System.Text.RegularExpressions;

namespace Dispatcher.Simulator.Fcm;

/// <summary>
/// The grammar of <c>message.condition</c>: <c>term { ("&amp;&amp;" | "||") term }</c>, where a term is <c>'topic' in topics</c>, a
/// condition in parentheses, or <c>!</c> before such parentheses.
/// </summary>
internal static partial class FcmCondition
{
    // Source: Firebase, "Send messages to topics".
    private const int MaxTopics = 5;

    // Nobody writes so many parentheses, and each costs a stack frame here.
    private const int MaxDepth = 32;

    public static string? Problem(string condition)
    {
        var rest = condition.AsSpan();
        var topics = 0;
        if (!ReadCondition(ref rest, ref topics, 0) || !rest.TrimStart().IsEmpty)
            return "Invalid condition expression provided.";
        return topics > MaxTopics ? "A condition may name at most 5 topics." : null;
    }

    private static bool ReadCondition(ref ReadOnlySpan<char> rest, ref int topics, int depth)
    {
        if (depth > MaxDepth || !ReadTerm(ref rest, ref topics, depth))
            return false;
        while (Skip(ref rest, "&&") || Skip(ref rest, "||"))
        {
            if (!ReadTerm(ref rest, ref topics, depth))
                return false;
        }

        return true;
    }

    private static bool ReadTerm(ref ReadOnlySpan<char> rest, ref int topics, int depth)
    {
        var negated = Skip(ref rest, "!");
        if (Skip(ref rest, "("))
            return ReadCondition(ref rest, ref topics, depth + 1) && Skip(ref rest, ")");
        if (negated)
            return false;

        rest = rest.TrimStart();
        foreach (var match in Topic().EnumerateMatches(rest))
        {
            rest = rest[match.Length..];
            topics++;
            return true;
        }

        return false;
    }

    private static bool Skip(ref ReadOnlySpan<char> rest, string token)
    {
        var trimmed = rest.TrimStart();
        if (!trimmed.StartsWith(token, StringComparison.Ordinal))
            return false;
        rest = trimmed[token.Length..];
        return true;
    }

    [GeneratedRegex(@"^'[a-zA-Z0-9-_.~%]+'\s+in\s+topics\b")]
    private static partial Regex Topic();
}
