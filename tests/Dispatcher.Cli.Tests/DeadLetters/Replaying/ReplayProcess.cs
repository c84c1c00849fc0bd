using System.Diagnostics;
using Dispatcher.Cli.Processes;

namespace Dispatcher.Cli.Tests.DeadLetters.Replaying;

/// <summary>The real command line as a child process.</summary>
internal sealed class ReplayProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    public ReplayProcess(IEnumerable<string> arguments)
    {
        var start = Executable.Find("Dispatcher.Cli", AppContext.BaseDirectory).Start(arguments);
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    public bool HasEnded => _process.HasExited;

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(ReplayStage.Patience);
    }

    public async Task<ReplayOutput> EndedAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(ReplayStage.Patience);
        return new ReplayOutput(_process.ExitCode, await _output, await _errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
