using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Dispatching;

/// <summary>
/// What waits between the pumps (the lane's own and that of the delay tiers) and the lane's dispatch loops: a line for each app, served in
/// turn. Bound: a number of pushes and a number of bytes, whichever is reached first; two pumps may pass it by one push. When full:
/// <see cref="HasRoom"/> is false, and a pump holds what it has and stops consuming.
/// </summary>
/// <remarks>
/// An app may be dispatched up to its own limit, and up to <see cref="ShareOfFree"/> times what is free in the lane. The second bound is
/// why a slow app cannot take all of a lane, however slow, and why a single app still gets most of it (dynamic thresholds: Choudhury and
/// Hahne, 1998).
/// </remarks>
internal sealed class LaneQueue : IDisposable
{
    /// <summary>How many times what is free an app may have: alone it gets three quarters of the lane, of two each gets three sevenths.</summary>
    public const int ShareOfFree = 3;

    private readonly int _maxPushes;
    private readonly long _maxBytes;
    private readonly int _maxInFlight;
    private readonly Func<string, int> _limitOf;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Line> _lines = new(StringComparer.Ordinal);
    private readonly LinkedList<Line> _waiting = [];
    private readonly AutoResetEvent _taken = new(false);
    private int _count;
    private long _bytes;
    private int _inFlight;

    /// <summary>Makes an empty queue.</summary>
    /// <param name="maxPushes">Pushes that wait at most.</param>
    /// <param name="maxBytes">Bytes of records that wait at most; a single push above it is let into an empty queue.</param>
    /// <param name="maxInFlight">Pushes that are dispatched at once at most.</param>
    /// <param name="limitOf">How many of an app's pushes may be dispatched at once.</param>
    public LaneQueue(int maxPushes, long maxBytes, int maxInFlight, Func<string, int> limitOf)
    {
        _maxPushes = maxPushes;
        _maxBytes = maxBytes;
        _maxInFlight = maxInFlight;
        _limitOf = limitOf;
    }

    /// <summary>Pushes that wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Pushes that are dispatched at the moment.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Whether one more push may be added.</summary>
    public bool HasRoom => Count < _maxPushes && Interlocked.Read(ref _bytes) < _maxBytes;

    /// <summary>Whether the queue is down to half its bound.</summary>
    public bool IsHalfEmpty => Count <= _maxPushes / 2 && Interlocked.Read(ref _bytes) <= _maxBytes / 2;

    /// <summary>Adds a push to its app's line.</summary>
    /// <param name="push">The push.</param>
    public void Add(ConsumedPush push)
    {
        lock (_lock)
        {
            if (!_lines.TryGetValue(push.App, out var line))
                _lines.Add(push.App, line = new Line(push.App));
            if (line.Pushes.Count == 0)
                _waiting.AddLast(line.Node);
            line.Pushes.Enqueue(push);
            _count++;
            _bytes += push.Weight;
        }
    }

    /// <summary>Takes the next push that may be dispatched, the apps in turn.</summary>
    /// <returns>The push, which counts as in flight until <see cref="Release"/>; <see langword="null"/> when there is none.</returns>
    public ConsumedPush? TryTake()
    {
        lock (_lock)
            return TryTake_NeedsLock();
    }

    /// <summary>Ends a push that was taken.</summary>
    /// <param name="push">The push.</param>
    public void Release(ConsumedPush push)
    {
        lock (_lock)
            Release_NeedsLock(push);
    }

    /// <summary>Ends a push that was taken and takes the next one in its stead.</summary>
    /// <param name="push">The push that has ended.</param>
    public ConsumedPush? Next(ConsumedPush push)
    {
        lock (_lock)
        {
            Release_NeedsLock(push);
            return TryTake_NeedsLock();
        }
    }

    /// <summary>Takes a waiting push of the app that fills the queue while others are about, whatever the app's limit: it is to wait elsewhere.</summary>
    /// <returns>The push, in flight like any other; <see langword="null"/> when no app is in others' way.</returns>
    public ConsumedPush? TryEvict()
    {
        lock (_lock)
        {
            var crowded = _waiting.Count > 0 ? _waiting.MaxBy(line => line.Pushes.Count) : null;
            var isInTheWay = crowded is not null
                && crowded.Pushes.Count > _maxPushes / 2
                && crowded.InFlight >= _limitOf(crowded.App) // its own limit holds it up, not the lane's
                && _lines.Count > 1;
            return isInTheWay ? Take_NeedsLock(crowded!) : null;
        }
    }

    /// <summary>Waits on a pump's thread until a push is taken.</summary>
    /// <param name="deadline">How long at most.</param>
    public void WaitUntilTaken(TimeSpan deadline) => _taken.WaitOne(deadline);

    /// <inheritdoc/>
    public void Dispose() => _taken.Dispose();

    private ConsumedPush? TryTake_NeedsLock()
    {
        var free = _maxInFlight - _inFlight;
        if (free <= 0)
            return null;
        for (var node = _waiting.First; node is not null; node = node.Next)
        {
            var line = node.Value;
            if (line.InFlight < Math.Min(_limitOf(line.App), Math.Max(1, ShareOfFree * free)))
                return Take_NeedsLock(line);
        }

        return null;
    }

    private ConsumedPush Take_NeedsLock(Line line)
    {
        var push = line.Pushes.Dequeue();
        _waiting.Remove(line.Node);
        if (line.Pushes.Count > 0)
            _waiting.AddLast(line.Node);
        line.InFlight++;
        _inFlight++;
        _count--;
        _bytes -= push.Weight;
        _taken.Set();
        return push;
    }

    private void Release_NeedsLock(ConsumedPush push)
    {
        _inFlight--;
        var line = _lines[push.App];
        // An idle app's line is forgotten: the bound on lines is the bound on pushes.
        if (--line.InFlight == 0 && line.Pushes.Count == 0)
            _lines.Remove(push.App);
    }

    /// <summary>One app's pushes.</summary>
    private sealed class Line
    {
        public Line(string app)
        {
            App = app;
            Node = new LinkedListNode<Line>(this);
        }

        public string App { get; }

        public Queue<ConsumedPush> Pushes { get; } = new();

        public LinkedListNode<Line> Node { get; }

        public int InFlight { get; set; }
    }
}
