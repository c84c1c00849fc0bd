namespace Dispatcher.Worker.Dispatching;

/// <summary>
/// Lets one line a minute of each kind into the log. Kinds are bounded by <see cref="Capacity"/>; beyond it a new kind has no line of its
/// own and is told under the last one's.
/// </summary>
internal sealed class LogPace(TimeProvider time)
{
    /// <summary>How many kinds are told apart.</summary>
    public const int Capacity = 100;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (long ToldAt, long Untold)> _kinds = new(StringComparer.Ordinal);

    /// <summary>Whether a line may be written now.</summary>
    /// <param name="kind">What it is about.</param>
    /// <param name="untold">If so, how many of that kind were not told since the last line.</param>
    public bool MayLog(string kind, out long untold)
    {
        lock (_lock)
        {
            var isKnown = _kinds.TryGetValue(kind, out var last);
            if (!isKnown && _kinds.Count >= Capacity)
                isKnown = _kinds.TryGetValue(kind = "", out last);
            untold = last.Untold;
            var may = !isKnown || time.GetElapsedTime(last.ToldAt) >= Interval;
            _kinds[kind] = may ? (time.GetTimestamp(), 0) : (last.ToldAt, untold + 1);
            return may;
        }
    }
}
