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
