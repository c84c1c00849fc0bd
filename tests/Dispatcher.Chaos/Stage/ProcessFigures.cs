using System.Globalization;

namespace Dispatcher.Chaos.Stage;

/// <summary>What a process takes of the machine, by the kernel's accounting (proc(5)).</summary>
/// <param name="Memory">Resident bytes.</param>
/// <param name="PeakMemory">The most they ever were.</param>
/// <param name="Handles">Open file descriptors.</param>
/// <param name="Threads">Threads.</param>
internal readonly record struct ProcessFigures(long Memory, long PeakMemory, int Handles, int Threads)
{
    /// <summary>The figures at this moment; <see langword="null"/> when the process is gone.</summary>
    public static ProcessFigures? Of(int id)
    {
        try
        {
            var status = File.ReadLines($"/proc/{id}/status")
                .Select(line => line.Split(':', 2))
                .ToDictionary(parts => parts[0], parts => parts[1].Trim().Split(' ')[0]);
            long Number(string name) => long.Parse(status[name], CultureInfo.InvariantCulture);
            return new ProcessFigures(
                Number("VmRSS") * 1024, Number("VmHWM") * 1024, Directory.EnumerateFileSystemEntries($"/proc/{id}/fd").Count(), (int)Number("Threads"));
        }
        catch (Exception e) when (e is IOException or KeyNotFoundException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
