namespace Dispatcher.Cli.Output;

/// <summary>A bar of block characters: an eighth of a cell is the smallest difference that shows.</summary>
internal static class Bar
{
    private const string Eighths = " ▏▎▍▌▋▊▉█";

    /// <summary>A bar that is as wide as its share of the whole; what is more than nothing shows.</summary>
    /// <param name="share">0 to 1.</param>
    /// <param name="cells">The width of the whole; the rest is blank.</param>
    public static string Of(double share, int cells)
    {
        var eighths = Math.Clamp((int)Math.Round(share * cells * 8), share > 0 ? 1 : 0, cells * 8);
        var bar = new string('█', eighths / 8);
        if (eighths % 8 > 0)
            bar += Eighths[eighths % 8];
        return bar.PadRight(cells);
    }
}
