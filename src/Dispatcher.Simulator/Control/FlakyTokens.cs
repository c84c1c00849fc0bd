using System.Collections.Concurrent;

namespace Dispatcher.Simulator.Control;

/// <summary>Counts the requests for targets that fail only the first few times.</summary>
public sealed class FlakyTokens
{
    // Far above any scripted test. Beyond it everything is forgotten, so that a load of flaky tokens cannot fill the memory.
    private const int Bound = 1_000_000;

    private readonly ConcurrentDictionary<string, int> _seen = new(StringComparer.Ordinal);

    /// <summary>Forgets every target: each fails again from the start.</summary>
    public void Clear() => _seen.Clear();

    /// <summary>Counts one request; <see langword="true"/> while it is among the first <paramref name="failures"/>.</summary>
    internal bool FailsNow(string target, int failures)
    {
        if (_seen.Count >= Bound)
            _seen.Clear();
        return _seen.AddOrUpdate(target, 1, static (_, seen) => seen + 1) <= failures;
    }
}
