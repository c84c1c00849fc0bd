using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Dispatcher.Chaos.Stage;

/// <summary>One of Dispatcher's executables as a child process. However this one ends, the child ends too: its input closes.</summary>
internal sealed class ChildProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = [];
    private readonly Task _reading;

    private ChildProgram(string name, Process process)
    {
        Name = name;
        _process = process;
        Id = process.Id;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    public string Name { get; }

    public int Id { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>Only once it has exited.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Whether somebody here has asked it to end, one way or the other.</summary>
    public bool IsToEnd { get; private set; }

    /// <summary>Whether it was to end at once, without a chance to say so.</summary>
    public bool IsKilled => KilledAt is not null;

    /// <summary>When it was killed.</summary>
    public DateTimeOffset? KilledAt { get; private set; }

    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>Its exit code, once it has ended and everything it said is read.</summary>
    public async Task<int> ExitedAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience.Limit);
        await _reading;
        return _process.ExitCode;
    }

    /// <summary>Starts an executable from its own output folder.</summary>
    public static ChildProgram Start(string name, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet", [PathOf(name), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DISPATCHER_EXIT_WITH_STDIN"] = "1" },
        };
        foreach (var (variable, value) in environment)
            start.Environment[variable.Replace(":", "__", StringComparison.Ordinal)] = value;
        return new ChildProgram(name, Process.Start(start)!);
    }

    /// <summary>What follows a text on the first line that has it.</summary>
    public async Task<string> SaysAsync(string text)
    {
        string? found = null;
        await Patience.UntilAsync(
            () => (found = _lines.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal))) is not null || _process.HasExited,
            () => $"{Name} did not say '{text}'");
        return found is not null
            ? found[(found.IndexOf(text, StringComparison.Ordinal) + text.Length)..]
            : throw new InvalidOperationException($"{Name} ended with {_process.ExitCode}: {string.Join('\n', _lines)}");
    }

    /// <summary>SIGTERM: please finish.</summary>
    public Task TerminateAsync()
    {
        IsToEnd = true;
        return SignalAsync("TERM");
    }

    /// <summary>SIGSTOP: the machine hangs.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>SIGCONT: it goes on as if nothing had been.</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    /// <summary>SIGKILL: no last words.</summary>
    public async Task<int> KillAsync()
    {
        IsToEnd = true;
        KilledAt = TimeProvider.System.GetUtcNow();
        _process.Kill();
        return await ExitedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    private static string PathOf(string name)
    {
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        return Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", name, configuration, $"{name}.dll"));
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync().WaitAsync(Patience.Limit);
    }

    private async Task ReadAsync(StreamReader stream)
    {
        while (await stream.ReadLineAsync() is { } line)
            _lines.Enqueue(line);
    }
}
