using System.Diagnostics;
using System.Runtime.InteropServices;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Processes;

/// <summary>One of Dispatcher's programs on disk.</summary>
/// <param name="Path">The assembly.</param>
internal sealed record Executable(string Path)
{
    /// <summary>
    /// Finds a program beside the command line: in a folder of its own, as a build lays them out, or in the same folder, as a
    /// published bundle does.
    /// </summary>
    /// <param name="name">The program, e.g. <c>Dispatcher.Api</c>.</param>
    /// <param name="home">The command line's own folder.</param>
    public static Executable Find(string name, string home)
    {
        var configuration = System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(home));
        string[] candidates =
        [
            System.IO.Path.GetFullPath(System.IO.Path.Combine(home, "..", "..", name, configuration, $"{name}.dll")),
            System.IO.Path.Combine(home, $"{name}.dll"),
        ];
        return candidates.FirstOrDefault(File.Exists) is { } found
            ? new Executable(found)
            : throw new CommandFailedException($"{name} is not here (looked for {candidates[1]}): run ./build.sh in a checkout, or install a whole package of the command line.");
    }

    /// <summary>How to start it: by its own launcher where this process came by one, else by the <c>dotnet</c> whose runtime this process has.</summary>
    /// <param name="arguments">Its arguments.</param>
    public ProcessStartInfo Start(IEnumerable<string> arguments)
    {
        var folder = System.IO.Path.GetDirectoryName(Path)!;
        var launcher = System.IO.Path.ChangeExtension(Path, OperatingSystem.IsWindows() ? ".exe" : null);
        var host = Environment.ProcessPath;
        var isDotnet = System.IO.Path.GetFileNameWithoutExtension(host) is "dotnet";
        var hosted = isDotnet || !File.Exists(launcher);
        var start = new ProcessStartInfo(hosted ? (isDotnet ? host! : Dotnet()) : launcher) { WorkingDirectory = folder };
        foreach (var argument in hosted ? arguments.Prepend(Path) : arguments)
            start.ArgumentList.Add(argument);
        return start;
    }

    // A tool's launcher is no dotnet; the runtime that it found lies in {dotnet}/shared/{framework}/{version}.
    private static string Dotnet()
    {
        var beside = System.IO.Path.GetFullPath(System.IO.Path.Combine(
            RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        return File.Exists(beside) ? beside : "dotnet";
    }
}
