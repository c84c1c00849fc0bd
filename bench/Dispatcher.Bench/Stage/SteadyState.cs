namespace Dispatcher.Bench.Stage;

/// <summary>What pushes cost a process between two moments, start and end left out.</summary>
/// <param name="Pushes">How many ended in between.</param>
/// <param name="Seconds">How long that took.</param>
/// <param name="CpuMilliseconds">The process's own processor time, all threads.</param>
/// <param name="AllocatedBytes">Managed bytes.</param>
internal sealed record SteadyState(long Pushes, double Seconds, double CpuMilliseconds, long AllocatedBytes)
{
    /// <summary>
    /// Of all pushes, the share after which counting begins, and the share at which it ends. A process compiles its hot paths for some ten seconds,
    /// and a worker has more of them than a bare loop; it runs for weeks afterwards.
    /// </summary>
    public const double From = 0.5;

    public const double To = 0.9;

    public double Rate => Pushes / Seconds;

    public double CpuMicroseconds => CpuMilliseconds * 1000 / Pushes;

    public double Bytes => (double)AllocatedBytes / Pushes;

    public override string ToString() =>
        $"{Rate,9:N0}/s {CpuMicroseconds,7:N1} µs {Bytes,8:N0} B";

    /// <summary>Between two readings.</summary>
    public static SteadyState Between(Reading first, Reading last) => new(
        last.Settled - first.Settled,
        (last.At - first.At).TotalSeconds,
        last.CpuMilliseconds - first.CpuMilliseconds,
        last.AllocatedBytes - first.AllocatedBytes);
}

/// <summary>What a process says of itself at one moment.</summary>
/// <param name="At">The moment, since any.</param>
/// <param name="Settled">Pushes, or requests, that have ended.</param>
/// <param name="CpuMilliseconds">Processor time since its start.</param>
/// <param name="AllocatedBytes">Managed bytes since its start.</param>
/// <param name="InFlight">Pushes that it works on.</param>
internal readonly record struct Reading(TimeSpan At, long Settled, double CpuMilliseconds, long AllocatedBytes, int InFlight = 0);
