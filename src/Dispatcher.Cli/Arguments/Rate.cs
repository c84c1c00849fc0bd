namespace Dispatcher.Cli.Arguments;

/// <summary>How often, as people type it: <c>2000/s</c>, <c>600/m</c>, or a number, which is per second.</summary>
internal static class Rate
{
    public static bool TryParse(string text, out double perSecond)
    {
        var (number, seconds) = text switch
        {
            _ when text.EndsWith("/s", StringComparison.Ordinal) => (text[..^2], 1),
            _ when text.EndsWith("/m", StringComparison.Ordinal) => (text[..^2], 60),
            _ => (text, 1),
        };
        var valid = Duration.TryParseNumber(number, out perSecond) && perSecond > 0;
        perSecond /= seconds;
        return valid;
    }
}
