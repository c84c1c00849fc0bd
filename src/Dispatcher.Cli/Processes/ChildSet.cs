using System.Diagnostics;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Processes;

/// <summary>Children that belong together: as soon as one ends by itself, the others have no purpose.</summary>
/// <param name="log">Where a child's output is kept, by its name.</param>
/// <param name="echo">Where each line goes besides, with the child's name before it, or <see langword="null"/>.</param>
internal sealed class ChildSet(Func<string, string> log, Action<string>? echo) : IAsyncDisposable
{
    private readonly List<ChildProcess> _children = [];
    private readonly TaskCompletionSource<ChildProcess> _death = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopping;

    /// <summary>The first child that ended without being asked to.</summary>
    public Task<ChildProcess> Death => _death.Task;

    /// <summary>Starts a child.</summary>
    /// <param name="name">What people call it.</param>
    /// <param name="start">The program.</param>
    /// <param name="environment">What its environment has besides ours.</param>
    public ChildProcess Start(string name, ProcessStartInfo start, IEnumerable<KeyValuePair<string, string?>> environment)
    {
        var output = new ChildOutput(log(name), echo is null ? null : line => echo($"[{name}] {line}"));
        var child = ChildProcess.Start(name, start, environment, output);
        _children.Add(child);
        _ = WatchAsync(child);
        return child;
    }

    /// <summary>Waits for something that only makes sense while every child lives.</summary>
    /// <param name="task">What to wait for.</param>
    /// <exception cref="CommandFailedException">A child ended meanwhile.</exception>
    public async Task WhileAliveAsync(Task task)
    {
        await Task.WhenAny(task, _death.Task);
        if (_death.Task.IsCompleted)
            throw Obituary(await _death.Task);
        await task;
    }

    /// <summary>What to tell about a child that ended by itself: which, how, and its last words.</summary>
    /// <param name="child">The child.</param>
    public CommandFailedException Obituary(ChildProcess child) =>
        new($"{child.Name} ended by itself with exit code {child.ExitCode}. {LastWords(child)}");

    /// <summary>The last lines that a child printed, and where the others are.</summary>
    /// <param name="child">The child.</param>
    public string LastWords(ChildProcess child) =>
        $"Its log is {log(child.Name)}, and ends:{string.Concat(child.Output.LastLines.Select(line => $"{Environment.NewLine}  {line}"))}";

    /// <summary>From now on children may end.</summary>
    public void ExpectDeaths() => _stopping = true;

    public async ValueTask DisposeAsync()
    {
        ExpectDeaths();
        foreach (var child in _children)
            await child.DisposeAsync();
    }

    private async Task WatchAsync(ChildProcess child)
    {
        await child.Exited;
        if (!_stopping)
            _death.TrySetResult(child);
    }
}
