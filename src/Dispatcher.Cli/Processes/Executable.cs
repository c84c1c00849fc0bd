using System.Diagnostics;
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
            : throw new CommandFailedException($"{name} is not built: no {candidates[0]}; run ./build.sh.");
    }

    /// <summary>How to start it: by the same <c>dotnet</c> that runs this process, or by its own launcher.</summary>
    /// <param name="arguments">Its arguments.</param>
    public ProcessStartInfo Start(IEnumerable<string> arguments)
    {
        var folder = System.IO.Path.GetDirectoryName(Path)!;
        var launcher = System.IO.Path.ChangeExtension(Path, OperatingSystem.IsWindows() ? ".exe" : null);
        var host = Environment.ProcessPath;
        var hosted = System.IO.Path.GetFileNameWithoutExtension(host) is "dotnet" || !File.Exists(launcher);
        var start = new ProcessStartInfo(hosted ? host ?? "dotnet" : launcher) { WorkingDirectory = folder };
        foreach (var argument in hosted ? arguments.Prepend(Path) : arguments)
            start.ArgumentList.Add(argument);
        return start;
    }
}
