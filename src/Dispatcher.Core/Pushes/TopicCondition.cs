namespace Dispatcher.Core.Pushes;

/// <summary>
/// FCM's conditions over topics: <c>term { ("&amp;&amp;" | "||") term }</c>, where a term is <c>'name' in topics</c>, a condition in
/// parentheses, or <c>!</c> before such parentheses. Inferred from Firebase, "Send messages to topics"; there is no published grammar.
/// </summary>
public ref struct TopicCondition
{
    /// <summary>Topics in one condition. Source: Firebase, "Send messages to topics".</summary>
    public const int MaxTopics = 5;

    // Nobody writes so many parentheses for five topics, and each costs a stack frame here.
    private const int MaxDepth = 32;

    private readonly ReadOnlySpan<char> _text;
    private int _at;
    private int _topics;
    private string? _problem;

    private TopicCondition(ReadOnlySpan<char> text) => _text = text;

    private readonly ReadOnlySpan<char> Rest => _text[_at..];

    /// <summary>Says what is wrong with a condition, or <see langword="null"/> when it is one.</summary>
    /// <param name="condition">The condition.</param>
    public static string? Problem(ReadOnlySpan<char> condition)
    {
        if (condition.IsWhiteSpace())
            return "must not be empty";
        var parser = new TopicCondition(condition);
        if (parser.ReadCondition(depth: 0) && !parser.IsAtEnd)
            parser.Fail("needs && or || here, or ends here");
        return parser._problem
            ?? (parser._topics > MaxTopics ? $"may name at most {MaxTopics} topics, not {parser._topics}" : null);
    }

    private bool IsAtEnd
    {
        get
        {
            SkipBlanks();
            return Rest.IsEmpty;
        }
    }

    private bool ReadCondition(int depth)
    {
        if (depth > MaxDepth)
            return Fail("has too many parentheses within each other");
        if (!ReadTerm(depth))
            return false;
        while (Take("&&") || Take("||"))
        {
            if (!ReadTerm(depth))
                return false;
        }

        return true;
    }

    private bool ReadTerm(int depth)
    {
        var isNegated = Take("!");
        if (Take("("))
            return ReadCondition(depth + 1) && (Take(")") || Fail("needs a closing parenthesis, && or ||"));
        return isNegated ? Fail("needs parentheses after !") : ReadTopic();
    }

    private bool ReadTopic()
    {
        if (!Take("'"))
            return Fail("needs a topic here, as in 'news' in topics");
        var length = TopicName.LengthIn(Rest);
        if (TopicName.Problem(Rest[..length]) is { } problem)
            return Fail($"has a topic that {problem}");
        _at += length;
        if (!Rest.StartsWith('\''))
            return Fail(Rest.IsEmpty ? "needs a closing quote" : "has a character that no topic has");
        _at++;
        _topics++;
        return TakeWord("in") && TakeWord("topics");
    }

    private bool TakeWord(string word)
    {
        var hasBlank = !Rest.IsEmpty && char.IsWhiteSpace(Rest[0]);
        return (hasBlank && Take(word) && (Rest.IsEmpty || !char.IsLetterOrDigit(Rest[0]))) || Fail("needs: in topics");
    }

    private bool Take(string symbol)
    {
        SkipBlanks();
        if (!Rest.StartsWith(symbol, StringComparison.Ordinal))
            return false;
        _at += symbol.Length;
        return true;
    }

    private void SkipBlanks() => _at = _text.Length - Rest.TrimStart().Length;

    private bool Fail(string problem)
    {
        _problem ??= $"{problem} (character {_at + 1})";
        return false;
    }
}
