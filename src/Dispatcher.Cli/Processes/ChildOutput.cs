namespace Dispatcher.Cli.Processes;

/// <summary>What a child prints: kept in a file, its last lines in memory, and shown as it comes if wanted.</summary>
internal sealed class ChildOutput : IDisposable
{
    private const int KeptLines = 10;

    private readonly Lock _lock = new();
    private readonly StreamWriter _log;
    private readonly Action<string>? _echo;
    private readonly Queue<string> _last = new(KeptLines);
    private readonly List<(string Prefix, TaskCompletionSource<string> Found)> _awaited = [];

    /// <summary>Opens the log.</summary>
    /// <param name="logPath">The file.</param>
    /// <param name="echo">Where each line goes besides, or <see langword="null"/>.</param>
    public ChildOutput(string logPath, Action<string>? echo)
    {
        _log = new StreamWriter(logPath, append: true) { AutoFlush = true };
        _echo = echo;
    }

    /// <summary>The last lines that say something.</summary>
    public IReadOnlyList<string> LastLines
    {
        get
        {
            lock (_lock)
                return [.. _last];
        }
    }

    /// <summary>Waits for a line that starts with a word, and returns what follows it.</summary>
    /// <param name="prefix">The word, with the space after it.</param>
    /// <returns>The rest of the line; never done when the child ends without saying it.</returns>
    public Task<string> LineAfter(string prefix)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            // It may have come already.
            if (_last.LastOrDefault(line => line.StartsWith(prefix, StringComparison.Ordinal)) is { } line)
                found.SetResult(line[prefix.Length..]);
            else
                _awaited.Add((prefix, found));
        }

        return found.Task;
    }

    /// <summary>Reads until the child closes its end.</summary>
    /// <param name="streams">Its output and error streams.</param>
    public Task ReadAsync(params IEnumerable<StreamReader> streams) => Task.WhenAll(streams.Select(ReadOneAsync));

    public void Dispose() => _log.Dispose();

    private async Task ReadOneAsync(StreamReader stream)
    {
        while (await stream.ReadLineAsync() is { } line)
            Take(line);
    }

    private void Take(string line)
    {
        lock (_lock)
        {
            _log.WriteLine(line);
            _echo?.Invoke(line);
            if (string.IsNullOrWhiteSpace(line))
                return;
            if (_last.Count == KeptLines)
                _last.Dequeue();
            _last.Enqueue(line);
            foreach (var (prefix, found) in _awaited)
            {
                if (line.StartsWith(prefix, StringComparison.Ordinal))
                    found.TrySetResult(line[prefix.Length..]);
            }
        }
    }
}
