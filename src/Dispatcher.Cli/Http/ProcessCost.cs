using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Http;

/// <summary>What a process used, for so many pushes.</summary>
/// <param name="Process">Which process.</param>
/// <param name="Pushes">How many it handled meanwhile.</param>
/// <param name="CpuMicrosecondsPerPush">Processor time for each.</param>
/// <param name="AllocatedBytesPerPush">Managed memory for each.</param>
/// <param name="PeakWorkingSetBytes">The most memory it held at once, since its start.</param>
internal sealed record ProcessCost(
    string Process, long Pushes, double? CpuMicrosecondsPerPush, double? AllocatedBytesPerPush, long PeakWorkingSetBytes)
{
    private const string Unknown = "-";

    /// <summary>Divides what was used by the pushes.</summary>
    /// <param name="process">Which process.</param>
    /// <param name="pushes">How many it handled.</param>
    /// <param name="used">What it used meanwhile.</param>
    public static ProcessCost Of(string process, long pushes, ProcessFigures used) => new(
        process,
        pushes,
        pushes > 0 ? used.CpuMilliseconds * 1000 / pushes : null,
        pushes > 0 ? (double)used.AllocatedBytes / pushes : null,
        used.PeakWorkingSetBytes);

    /// <summary>Lays costs out as a table.</summary>
    /// <param name="costs">The costs.</param>
    public static IEnumerable<string> Lines(IEnumerable<ProcessCost> costs) => TextTable.Lines(
        ["process", ">pushes", ">CPU µs/push", ">allocated B/push", ">peak memory"],
        [.. costs.Select(cost => new[]
        {
            cost.Process,
            Number.Text(cost.Pushes),
            cost.CpuMicrosecondsPerPush is { } cpu ? Number.Text(cpu) : Unknown,
            cost.AllocatedBytesPerPush is { } bytes ? Number.Text(bytes) : Unknown,
            Number.MiB(cost.PeakWorkingSetBytes),
        })]);
}
