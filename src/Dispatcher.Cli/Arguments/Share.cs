namespace Dispatcher.Cli.Arguments;

/// <summary>A part of a whole, as people type it: <c>5%</c> or <c>0.05</c>.</summary>
internal static class Share
{
    public static bool TryParse(string text, out double share)
    {
        var percent = text.EndsWith('%');
        var valid = Duration.TryParseNumber(percent ? text[..^1] : text, out share);
        if (percent)
            share /= 100;
        return valid && share is >= 0 and <= 1;
    }
}
