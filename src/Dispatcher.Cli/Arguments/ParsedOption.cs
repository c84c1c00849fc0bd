using System.CommandLine;

namespace Dispatcher.Cli.Arguments;

/// <summary>Options whose text is read by a function of ours, with a message that shows what would have been right.</summary>
internal static class ParsedOption
{
    public delegate bool TryParse<T>(string text, out T value);

    /// <summary>An option that must hold when given.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="description">For the help.</param>
    /// <param name="parse">Reads the text.</param>
    /// <param name="expected">What to show to someone who got it wrong.</param>
    public static Option<T?> Of<T>(string name, string description, TryParse<T> parse, string expected)
        where T : struct => new(name)
        {
            Description = description,
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (parse(text, out var value))
                    return value;
                result.AddError($"{name} '{text}' is not {expected}.");
                return null;
            },
        };

    /// <summary>An option that may be repeated or hold several values between commas; none when not given.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="description">For the help.</param>
    /// <param name="parse">Reads one value.</param>
    /// <param name="expected">What to show to someone who got it wrong.</param>
    public static Option<T[]?> List<T>(string name, string description, TryParse<T> parse, string expected) => new(name)
    {
        Description = description,
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result =>
        {
            var values = new List<T>();
            foreach (var text in result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries)))
            {
                if (text.Length > 0 && parse(text, out var value))
                    values.Add(value);
                else
                    result.AddError($"{name} '{text}' is not {expected}.");
            }

            return [.. values];
        },
    };

    /// <summary>Any words, repeated or between commas.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="description">For the help.</param>
    /// <param name="valueName">What a value is, for the help.</param>
    public static Option<string[]?> Words(string name, string description, string valueName)
    {
        static bool Parse(string text, out string word) => (word = text).Length > 0;
        var option = List<string>(name, description, Parse, $"a {valueName}");
        option.HelpName = valueName;
        return option;
    }

    /// <summary>Words of a given set, repeated or between commas; case does not matter, and what is read is the set's own spelling.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="description">For the help.</param>
    /// <param name="choices">The set.</param>
    public static Option<string[]?> Choices(string name, string description, params string[] choices)
    {
        bool Parse(string text, out string word) =>
            (word = choices.FirstOrDefault(choice => choice.Equals(text, StringComparison.OrdinalIgnoreCase)) ?? "").Length > 0;
        var option = List<string>(name, description, Parse, $"one of {string.Join(", ", choices)}");
        option.HelpName = string.Join('|', choices);
        option.CompletionSources.Add(choices);
        return option;
    }

    /// <summary>An instant such as <c>2h</c> (ago) or <c>2026-11-20T10:00Z</c>.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="description">For the help.</param>
    /// <param name="time">The clock.</param>
    public static Option<DateTimeOffset?> Moment(string name, string description, TimeProvider time)
    {
        bool Parse(string text, out DateTimeOffset moment) => Arguments.Moment.TryParse(text, time.GetUtcNow(), out moment);
        var option = Of<DateTimeOffset>(name, description, Parse, Arguments.Moment.Expected);
        option.HelpName = "time";
        return option;
    }

    /// <summary>A duration such as <c>60ms</c>.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="description">For the help.</param>
    public static Option<TimeSpan?> Duration(string name, string description)
    {
        var option = Of<TimeSpan>(name, description, Arguments.Duration.TryParse, "a duration such as 60ms, 5s or 2m");
        option.HelpName = "duration";
        return option;
    }

    /// <summary>A whole number within bounds.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="description">For the help.</param>
    /// <param name="least">The smallest that makes sense.</param>
    /// <param name="most">The largest that makes sense.</param>
    public static Option<int?> Number(string name, string description, int least, int most)
    {
        bool Parse(string text, out int number) => int.TryParse(text, out number) && number >= least && number <= most;
        var option = Of<int>(name, description, Parse, $"a number from {least} to {most}");
        option.HelpName = "n";
        return option;
    }
}
