using System.Diagnostics;

namespace Dispatcher.Core.Telemetry;

/// <summary>What the process has used since it started, by its own accounting.</summary>
/// <param name="CpuMilliseconds">Processor time, user and kernel, all threads.</param>
/// <param name="AllocatedBytes">Managed bytes ever allocated.</param>
/// <param name="PeakWorkingSetBytes">The most memory it ever held.</param>
public readonly record struct ProcessUsage(double CpuMilliseconds, long AllocatedBytes, long PeakWorkingSetBytes)
{
    /// <summary>The figures at this moment.</summary>
    public static ProcessUsage Read()
    {
        using var process = Process.GetCurrentProcess();
        return new ProcessUsage(
            process.TotalProcessorTime.TotalMilliseconds,
            GC.GetTotalAllocatedBytes(),
            process.PeakWorkingSet64);
    }
}
