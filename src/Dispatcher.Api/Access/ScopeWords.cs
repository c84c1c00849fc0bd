namespace Dispatcher.Api.Access;

/// <summary>How scopes are written: words separated by spaces, as OAuth has them.</summary>
internal static class ScopeWords
{
    private static readonly (string Word, Scopes Scope)[] Words =
    [
        ("push:send", Scopes.Send), ("push:bulk", Scopes.Bulk), ("push:validate", Scopes.Validate), ("push:manage", Scopes.Manage),
        ("ops:read", Scopes.ReadOps),
    ];

    /// <summary>Every word.</summary>
    public static string All { get; } = string.Join(' ', Words.Select(word => word.Word));

    /// <summary>Those words that are no scope of ours.</summary>
    /// <param name="text">Words.</param>
    public static IEnumerable<string> Unknown(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => ScopeOf(word) == Scopes.None);

    /// <summary>The scopes among the words; others mean something to somebody else.</summary>
    /// <param name="text">Words.</param>
    public static Scopes Read(ReadOnlySpan<char> text)
    {
        var scopes = Scopes.None;
        foreach (var word in text.Split(' '))
            scopes |= ScopeOf(text[word]);
        return scopes;
    }

    /// <summary>The words of scopes.</summary>
    /// <param name="scopes">The scopes.</param>
    public static string TextOf(Scopes scopes) => string.Join(' ', Words.Where(word => scopes.HasFlag(word.Scope)).Select(word => word.Word));

    private static Scopes ScopeOf(ReadOnlySpan<char> text)
    {
        foreach (var (word, scope) in Words)
        {
            if (text.SequenceEqual(word))
                return scope;
        }

        return Scopes.None;
    }
}
