using System.Globalization;
using Dispatcher.Chaos.Stage;

namespace Dispatcher.Chaos.Soaking;

/// <summary>What one process took of the machine, sample by sample.</summary>
/// <param name="name">Whose.</param>
internal sealed class Track(string name)
{
    /// <summary>A fifth of the samples, at the start and at the end, is what is compared: single samples say little.</summary>
    private const int Parts = 5;

    private readonly List<ProcessFigures> _samples = [];

    /// <summary>Notes a sample.</summary>
    public void Add(ProcessFigures figures) => _samples.Add(figures);

    /// <summary>One line for each figure, and whether all are flat: at the end not more than a tenth above the start, and a little.</summary>
    public IEnumerable<(string Line, bool IsFlat)> Judge()
    {
        yield return Judge("memory, MiB", figures => figures.Memory / 1024.0 / 1024.0, slack: 10);
        yield return Judge("handles", figures => figures.Handles, slack: 10);
        yield return Judge("threads", figures => figures.Threads, slack: 5);
    }

    private (string Line, bool IsFlat) Judge(string what, Func<ProcessFigures, double> figure, double slack)
    {
        var count = Math.Max(1, _samples.Count / Parts);
        var start = Median(_samples.Take(count).Select(figure));
        var end = Median(_samples.TakeLast(count).Select(figure));
        var isFlat = end <= (start * 1.1) + slack;
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-20} {what,-12} start {start,8:N1}  end {end,8:N1}  most {_samples.Max(figure),8:N1}{(isFlat ? "" : "  GROWS")}");
        return (line, isFlat);
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
