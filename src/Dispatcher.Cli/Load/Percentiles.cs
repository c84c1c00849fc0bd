using System.Globalization;

namespace Dispatcher.Cli.Load;

/// <summary>How long most, nearly all and the slowest took, in milliseconds.</summary>
internal sealed record Percentiles(double P50, double P90, double P99, double P999, double Max)
{
    /// <summary>Takes them exactly, by nearest rank.</summary>
    /// <param name="durations">The durations.</param>
    /// <returns>The percentiles, or <see langword="null"/> of nothing.</returns>
    public static Percentiles? Of(IEnumerable<TimeSpan> durations)
    {
        double[] sorted = [.. durations.Select(duration => duration.TotalMilliseconds)];
        if (sorted.Length == 0)
            return null;
        Array.Sort(sorted);
        double At(double share) => Math.Round(sorted[(int)Math.Ceiling(share * sorted.Length) - 1], 3);
        return new Percentiles(At(0.5), At(0.9), At(0.99), At(0.999), At(1));
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"p50 {P50:0.0} ms, p90 {P90:0.0} ms, p99 {P99:0.0} ms, p99.9 {P999:0.0} ms, max {Max:0.0} ms");
}
