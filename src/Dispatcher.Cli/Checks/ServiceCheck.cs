using System.Diagnostics;
using Dispatcher.Cli.Configuration;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Processes;
using Dispatcher.Core.Configuration;

namespace Dispatcher.Cli.Checks;

/// <summary>Has the API and the worker check their own sections, which nobody else knows: <c>Dispatcher.Api --check</c> ends before it connects to anything.</summary>
/// <param name="configuration">What they are configured with.</param>
/// <param name="file">Its file, which they read themselves; <see langword="null"/> without one.</param>
/// <param name="time">The clock.</param>
internal sealed class ServiceCheck(ServiceConfiguration configuration, string? file, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly List<(string Service, ShownOption Option)> _options = [];

    /// <summary>Every option that the services have in effect, once they were looked at.</summary>
    public IReadOnlyList<(string Service, ShownOption Option)> Options => _options;

    /// <summary>Looks at both.</summary>
    public async Task<IReadOnlyList<CheckLine>> LinesAsync() =>
    [
        .. configuration.Has("Access")
            ? await LinesAsync("api", "Dispatcher.Api")
            : [new CheckLine(CheckLevel.Skip, "api", "this configuration has no section Access, so it is not the API's")],
        .. await LinesAsync("worker", "Dispatcher.Worker"),
    ];

    private async Task<IReadOnlyList<CheckLine>> LinesAsync(string what, string program)
    {
        Executable executable;
        try
        {
            executable = Executable.Find(program, AppContext.BaseDirectory);
        }
        catch (CommandFailedException)
        {
            return [new(CheckLevel.Skip, what, $"{program} is not beside this command line, so its own options were not looked at")];
        }

        var start = executable.Start([.. file is null ? Array.Empty<string>() : [$"--config={Path.GetFullPath(file)}"], "--show", "--check"]);
        start.RedirectStandardError = start.RedirectStandardOutput = true;
        start.WorkingDirectory = Environment.CurrentDirectory; // relative paths start where the user is
        if (file is null) // its own environment it has; what a running `up` gave its workers it has not
        {
            foreach (var (name, value) in configuration.ToEnvironment())
                start.Environment[name] = value;
        }

        start.Environment.Remove("ASPNETCORE_URLS");
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(Patience, time);
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(deadline.Token), process.StandardError.ReadToEndAsync(deadline.Token));
            await process.WaitForExitAsync(deadline.Token);
            _options.AddRange((await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(ShownOption.Parse).OfType<ShownOption>().Select(option => (what, option)));
            var problems = (await error).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var lines = problems.Select(problem => Line(what, problem));
            return process.ExitCode == 0 ? [new(CheckLevel.Ok, what, "its options are valid"), .. lines] : [.. lines];
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            return [new(CheckLevel.Skip, what, $"{program} --check did not end")];
        }
    }

    private static CheckLine Line(string what, string said)
    {
        var text = said[(said.IndexOf($"{what}: ", StringComparison.Ordinal) is >= 0 and var at ? at + what.Length + 2 : 0)..];
        return text.StartsWith(ConfigurationReport.Warning, StringComparison.Ordinal)
            ? new(CheckLevel.Warn, what, text[ConfigurationReport.Warning.Length..])
            : new(CheckLevel.Fail, what, text);
    }
}
