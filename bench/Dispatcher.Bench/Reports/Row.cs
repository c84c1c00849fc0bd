using System.Globalization;

namespace Dispatcher.Bench.Reports;

/// <summary>One line of the table: a figure as the median of its runs.</summary>
/// <param name="Group">Which measurements it belongs to, as <c>--only</c> calls them.</param>
/// <param name="What">What was measured.</param>
/// <param name="Unit">In what.</param>
/// <param name="Runs">Each run's figure; empty when it was not measured.</param>
/// <param name="Budget">What it should be, where that was promised.</param>
/// <param name="Note">What else there is to say.</param>
internal sealed record Row(string Group, string What, string Unit, IReadOnlyList<double> Runs, Budget? Budget = null, string? Note = null)
{
    /// <summary>The median; <see langword="null"/> when it was not measured.</summary>
    public double? Median => Runs.Count == 0 ? null : MedianOf(Runs);

    /// <summary><c>met</c>, <c>missed</c>, or nothing where there is no budget.</summary>
    public string Verdict => (Budget, Median) switch
    {
        (null, _) => "",
        (_, null) => "not measured",
        ({ } budget, { } figure) => budget.IsMetBy(figure) ? "met" : "missed",
    };

    /// <summary>What prints it again.</summary>
    public string Command => $"./build.sh bench --only {Group}";

    /// <summary>The figure for people, with the span of its runs.</summary>
    public string Figure => Median is not { } median
        ? Note ?? "not measured"
        : Runs.Count == 1 ? $"{Text(median)} {Unit}" : $"{Text(median)} {Unit} ({Text(Runs.Min())} to {Text(Runs.Max())})";

    /// <summary>A number with as many digits as mean something.</summary>
    public static string Text(double number) => number.ToString(
        Math.Abs(number) switch { >= 100 => "N0", >= 10 => "N1", _ => "N2" }, CultureInfo.InvariantCulture);

    private static double MedianOf(IReadOnlyList<double> runs)
    {
        double[] sorted = [.. runs.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>What a figure should be.</summary>
/// <param name="Bound">The bound.</param>
/// <param name="IsFloor">Whether it is the least rather than the most.</param>
internal sealed record Budget(double Bound, bool IsFloor)
{
    public static Budget AtMost(double bound) => new(bound, IsFloor: false);

    public static Budget AtLeast(double bound) => new(bound, IsFloor: true);

    public bool IsMetBy(double figure) => IsFloor ? figure >= Bound : figure <= Bound;

    public override string ToString() => $"{(IsFloor ? "≥" : "≤")} {Row.Text(Bound)}";
}
