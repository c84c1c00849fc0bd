using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Dispatcher.Bench.Reports;

/// <summary>Where and when the figures come from: they mean something only together.</summary>
internal sealed record Machine(
    DateTimeOffset At, string Commit, string Processor, int Cores, double MemoryGib, string Kernel, string Runtime, double Load)
{
    /// <summary>Above this load average at the start, somebody else was using the machine.</summary>
    public const double CalmLoad = 0.5;

    public static Machine Read(TimeProvider time) => new(
        time.GetUtcNow(),
        Git("rev-parse --short=12 HEAD") + (Git("status --porcelain --untracked-files=no").Length > 0 ? " with changes" : ""),
        Value("/proc/cpuinfo", "model name"),
        Environment.ProcessorCount,
        double.Parse(Value("/proc/meminfo", "MemTotal").Split(' ')[0], CultureInfo.InvariantCulture) / (1024 * 1024),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture));

    public bool IsCalm => Load <= CalmLoad * Cores;

    private static string Value(string file, string name) => File.ReadLines(file)
        .FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown";

    private static string Git(string arguments)
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var text = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? text : "unknown";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }
}
