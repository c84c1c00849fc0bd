using System.Diagnostics;

namespace Dispatcher.Testing.Programs;

/// <summary>A program of somebody else's that tests use where it is installed.</summary>
public static class InstalledProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Where eng/prometheus.sh unpacks to, seen from any test's folder in artifacts.</summary>
    private const string Unpacked = "prometheus/usr/bin";

    /// <summary>Finds a program on PATH, or where a script of eng/ has put it; <see langword="null"/> where there is none.</summary>
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Append(Path.Combine(Artifacts(), Unpacked))
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(File.Exists);

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its exit code, what it wrote to standard output, and what to standard error.</returns>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string name, string folder, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Find(name)!) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
        await using var kill = deadline.Token.Register(() => process.Kill(entireProcessTree: true));
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        return (process.ExitCode, await output, await errors);
    }

    private static string Artifacts()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Dispatcher.sln")))
                return Path.Combine(at.FullName, "artifacts");
        }

        return AppContext.BaseDirectory;
    }
}
