using Dispatcher.Core.Sending;
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
/// Hahne, 1998). Pushes that an endpoint's open breaker holds have a quarter of the lane together, so that those of other endpoints go on.
/// </remarks>
internal sealed class LaneQueue : IDisposable
{
    /// <summary>How many times what is free an app may have: alone it gets three quarters of the lane, of two each gets three sevenths.</summary>
    public const int ShareOfFree = 3;

    private readonly int _maxPushes;
    private readonly long _maxBytes;
    private readonly int _maxInFlight;
    private readonly Func<string, DispatchAllowance> _allowanceOf;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Line> _lines = new(StringComparer.Ordinal); // configured apps: their number is bounded
    private readonly LinkedList<Line> _waiting = [];
    private readonly AutoResetEvent _room = new(false);
    private int _count;
    private long _bytes;
    private int _inFlight;
    private long _came;
    private int _busy;
    private int _pumpsWaiting;

    /// <summary>Makes an empty queue.</summary>
    /// <param name="maxPushes">Pushes that wait at most.</param>
    /// <param name="maxBytes">Bytes of records that wait at most; a single push above it is let into an empty queue.</param>
    /// <param name="maxInFlight">Pushes that are dispatched at once at most.</param>
    /// <param name="allowanceOf">How many of an app's pushes may be dispatched at once.</param>
    public LaneQueue(int maxPushes, long maxBytes, int maxInFlight, Func<string, DispatchAllowance> allowanceOf)
    {
        _maxPushes = maxPushes;
        _maxBytes = maxBytes;
        _maxInFlight = maxInFlight;
        _allowanceOf = allowanceOf;
    }

    /// <summary>Pushes that wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Bytes of records that wait.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Pushes that are dispatched at the moment.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Whether one more push may be added.</summary>
    public bool HasRoom => Count < _maxPushes && Bytes < _maxBytes;

    /// <summary>Whether the queue is down to half its bound.</summary>
    public bool IsHalfEmpty => Count <= _maxPushes / 2 && Bytes <= _maxBytes / 2;

    /// <summary>Adds a push to its app's line.</summary>
    /// <param name="push">The push.</param>
    public void Add(ConsumedPush push)
    {
        lock (_lock)
        {
            if (!_lines.TryGetValue(push.App, out var line))
                _lines.Add(push.App, line = new Line(push.App));
            if (!line.IsBusy)
                _busy++;
            if (line.Pushes.Count == 0)
                _waiting.AddLast(line.Node);
            line.Pushes.Enqueue(push);
            line.Bytes += push.Weight;
            line.LastCame = ++_came;
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

    /// <summary>Takes a waiting push that is in others' way, whatever its app's limit: it is to wait elsewhere.</summary>
    /// <returns>The push, in flight like any other; <see langword="null"/> when none is in others' way.</returns>
    public ConsumedPush? TryEvict()
    {
        lock (_lock)
        {
            var line = Crowd_NeedsLock();
            return line is null ? null : Take_NeedsLock(line);
        }
    }

    /// <summary>
    /// Waits on a pump's thread until an eighth of the queue is free. For a place alone a pump is not woken: it would go a whole round for each push.
    /// </summary>
    /// <param name="deadline">How long at most.</param>
    /// <returns>Whether it was woken.</returns>
    public bool WaitForRoom(TimeSpan deadline)
    {
        lock (_lock)
        {
            if (HasRoomForMany_NeedsLock)
                return true;
            _pumpsWaiting++;
        }

        var isWoken = _room.WaitOne(deadline);
        lock (_lock)
            _pumpsWaiting--;
        return isWoken;
    }

    /// <inheritdoc/>
    public void Dispose() => _room.Dispose();

    private bool HasRoomForMany_NeedsLock => _count <= _maxPushes - Math.Max(1, _maxPushes / 8) && _bytes <= _maxBytes - (_maxBytes / 8);

    private ConsumedPush? TryTake_NeedsLock()
    {
        var free = _maxInFlight - _inFlight;
        if (free <= 0)
            return null;
        var held = -1;
        for (var node = _waiting.First; node is not null; node = node.Next)
        {
            var line = node.Value;
            if (line.InFlight >= Math.Max(1, ShareOfFree * free))
                continue;
            var allowance = _allowanceOf(line.App);
            if (line.InFlight >= allowance.Limit)
                continue;
            if (allowance.Hindrance == Hindrance.EndpointDown)
            {
                if (held < 0)
                    held = HeldInFlight_NeedsLock();
                if (held >= Math.Max(1, _maxInFlight / 4))
                    continue;
            }

            return Take_NeedsLock(line);
        }

        return null;
    }

    private int HeldInFlight_NeedsLock()
    {
        var held = 0;
        foreach (var line in _lines.Values)
            held += line.InFlight > 0 && IsHeld(line.App) ? line.InFlight : 0;
        return held;
    }

    /// <summary>
    /// The line that is in others' way: of an app that fills the queue alone while others are about, and that its own limit holds up (not the
    /// lane's); else the longest of those of which nothing comes back, if they fill it together; else the longest of those that wait for an
    /// endpoint, likewise, while another endpoint's pushes are about. When there is nobody else, these stand, and so does the backlog in Kafka.
    /// </summary>
    private Line? Crowd_NeedsLock()
    {
        Line? limited = null;
        var (silent, held) = (new Crowd(), new Crowd());
        foreach (var line in _waiting)
        {
            var allowance = _allowanceOf(line.App);
            switch (allowance.Hindrance)
            {
                case Hindrance.EndpointDown:
                    held.Add(line);
                    break;
                case Hindrance.Silence:
                    silent.Add(line);
                    break;
                case Hindrance.None when line.InFlight >= allowance.Limit && _busy > 1 && FillsTheQueue(line.Pushes.Count, line.Bytes):
                    limited = line;
                    break;
            }
        }

        if (limited is not null)
            return limited;
        if (FillsTheQueue(silent.Pushes, silent.Bytes))
            return silent.Longest;
        return FillsTheQueue(held.Pushes, held.Bytes) && AreOthersAbout_NeedsLock() ? held.Longest : null;
    }

    private bool FillsTheQueue(int pushes, long bytes) => pushes > _maxPushes / 2 || bytes > _maxBytes / 2;

    /// <summary>Whether among the last pushes that came, as many as the queue holds, one was of an app whose endpoint is up.</summary>
    private bool AreOthersAbout_NeedsLock()
    {
        foreach (var line in _lines.Values)
        {
            if (_came - line.LastCame < _maxPushes && !IsHeld(line.App))
                return true;
        }

        return false;
    }

    private bool IsHeld(string app) => _allowanceOf(app).Hindrance == Hindrance.EndpointDown;

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
        line.Bytes -= push.Weight;
        if (_pumpsWaiting > 0 && HasRoomForMany_NeedsLock)
            _room.Set();
        return push;
    }

    private void Release_NeedsLock(ConsumedPush push)
    {
        _inFlight--;
        var line = _lines[push.App];
        line.InFlight--;
        if (!line.IsBusy)
            _busy--;
    }

    /// <summary>Lines that wait for the same reason.</summary>
    private struct Crowd
    {
        public int Pushes { get; private set; }

        public long Bytes { get; private set; }

        public Line? Longest { get; private set; }

        public void Add(Line line)
        {
            Pushes += line.Pushes.Count;
            Bytes += line.Bytes;
            if (Longest is null || line.Pushes.Count > Longest.Pushes.Count)
                Longest = line;
        }
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

        public long Bytes { get; set; }

        /// <summary>The number of its last push among all that came.</summary>
        public long LastCame { get; set; }

        public bool IsBusy => InFlight > 0 || Pushes.Count > 0;
    }
}
