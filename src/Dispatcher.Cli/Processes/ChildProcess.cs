using System.Diagnostics;

namespace Dispatcher.Cli.Processes;

/// <summary>
/// A program that lives and dies with this one. Its standard input is a pipe that nobody writes to: when this process goes, however it
/// goes, the pipe closes and the child, told so by <see cref="ExitWithStdin"/>, stops.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>
    /// Set to 1, it tells a child to stop when its standard input closes.
    /// </summary>
    public const string ExitWithStdin = "DISPATCHER_EXIT_WITH_STDIN";

    private readonly Process _process;
    private readonly ChildOutput _output;
    private readonly Task _reading;

    private ChildProcess(string name, Process process, ChildOutput output)
    {
        Name = name;
        _process = process;
        _output = output;
        _reading = output.ReadAsync(process.StandardOutput, process.StandardError);
        Exited = WaitAsync();
    }

    /// <summary>What people call it: <c>api</c>, <c>worker 1</c>.</summary>
    public string Name { get; }

    public int Id => _process.Id;

    /// <summary>Its exit code, once it has ended and its last line is read.</summary>
    public Task<int> Exited { get; }

    /// <summary>How it ended; only once it has.</summary>
    public int ExitCode => _process.ExitCode;

    public ChildOutput Output => _output;

    /// <summary>Starts a program.</summary>
    /// <param name="name">What people call it.</param>
    /// <param name="start">The program; its streams and environment are set here.</param>
    /// <param name="environment">What its environment has besides ours; <see langword="null"/> removes a variable.</param>
    /// <param name="output">Takes what it prints; disposed with the child.</param>
    public static ChildProcess Start(
        string name,
        ProcessStartInfo start,
        IEnumerable<KeyValuePair<string, string?>> environment,
        ChildOutput output)
    {
        start = WithoutInterrupt(start);
        start.UseShellExecute = false;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment[ExitWithStdin] = "1";
        foreach (var (variable, value) in environment)
        {
            if (value is null)
                start.Environment.Remove(variable);
            else
                start.Environment[variable] = value;
        }

        return new ChildProcess(name, Process.Start(start)!, output);
    }

    /// <summary>What happens by itself when this process goes.</summary>
    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Asks it to finish, and ends it when it has not by then.</summary>
    /// <param name="grace">How long it may take.</param>
    /// <param name="time">Measures that.</param>
    /// <returns>Whether it finished by itself and without an error.</returns>
    public async Task<bool> StopAsync(TimeSpan grace, TimeProvider time)
    {
        if (!Exited.IsCompleted)
        {
            if (!OperatingSystem.IsWindows())
                _ = Libc.Signal(Id, Libc.Terminate); // it may be gone already: nothing to do then
            CloseInput();
        }

        try
        {
            return await Exited.WaitAsync(grace, time) == 0;
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await Exited;
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!Exited.IsCompleted)
            _process.Kill(entireProcessTree: true);
        await Exited;
        _output.Dispose();
        _process.Dispose();
    }

    /// <summary>
    /// A terminal sends Ctrl-C to everything in it at once, but children are to be stopped one after the other. What a shell ignores,
    /// the program it turns into ignores too, and keeps its process id.
    /// </summary>
    private static ProcessStartInfo WithoutInterrupt(ProcessStartInfo start)
    {
        if (OperatingSystem.IsWindows())
            return start;
        var shell = new ProcessStartInfo("/bin/sh") { WorkingDirectory = start.WorkingDirectory };
        foreach (var argument in (string[])["-c", """trap "" INT; exec "$@" """, "sh", start.FileName, .. start.ArgumentList])
            shell.ArgumentList.Add(argument);
        return shell;
    }

    private async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync();
        await _reading;
        return _process.ExitCode;
    }
}
