using System.Globalization;

namespace Dispatcher.Chaos.Stage;

/// <summary>What a process takes of the machine, by the kernel's accounting (proc(5)).</summary>
/// <param name="Memory">Resident bytes.</param>
/// <param name="PeakMemory">The most they ever were.</param>
/// <param name="Handles">Open file descriptors.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Processor">Time of processors that it has used.</param>
internal readonly record struct ProcessFigures(long Memory, long PeakMemory, int Handles, int Threads, TimeSpan Processor)
{
    private const double TicksPerSecond = 100; // USER_HZ, on every machine that Linux runs on

    /// <summary>The figures at this moment; <see langword="null"/> when the process is gone.</summary>
    public static ProcessFigures? Of(int id)
    {
        try
        {
            var status = File.ReadLines($"/proc/{id}/status")
                .Select(line => line.Split(':', 2))
                .ToDictionary(parts => parts[0], parts => parts[1].Trim().Split(' ')[0]);
            long Number(string name) => long.Parse(status[name], CultureInfo.InvariantCulture);
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var times = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[11..13]; // utime and stime; the program's name before may hold anything
            return new ProcessFigures(
                Number("VmRSS") * 1024,
                Number("VmHWM") * 1024,
                Directory.EnumerateFileSystemEntries($"/proc/{id}/fd").Count(),
                (int)Number("Threads"),
                TimeSpan.FromSeconds(times.Sum(time => long.Parse(time, CultureInfo.InvariantCulture)) / TicksPerSecond));
        }
        catch (Exception e) when (e is IOException or KeyNotFoundException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
