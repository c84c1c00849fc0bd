namespace Dispatcher.Simulator.Ledger;

/// <summary>
/// What the providers answered. Counts cover everything since the last <see cref="Clear"/>; of the entries themselves the newest
/// <see cref="Capacity"/> are kept, older ones are dropped and counted.
/// </summary>
public sealed class PushLedger
{
    /// <summary>The bound unless told otherwise: a load test's worth, at some 400 bytes an entry.</summary>
    public const int DefaultCapacity = 1_000_000;

    /// <summary>How many entries one <see cref="AcceptedAfter"/> reads at most: the providers wait for the lock meanwhile.</summary>
    public const int MaxPage = 100_000;

    private readonly Lock _lock = new();
    private readonly Ring<LedgerEntry> _entries;
    private readonly LedgerIndex _byId;
    private readonly LedgerIndex _byToken;
    private readonly Dictionary<(string Provider, int Status, string? Reason), long> _counts = [];
    private long _next;

    /// <param name="capacity">How many entries are kept.</param>
    public PushLedger(int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Capacity = capacity;
        _entries = new Ring<LedgerEntry>(capacity);
        _byId = new LedgerIndex(capacity, new PushIdComparer());
        _byToken = new LedgerIndex(capacity, StringComparer.Ordinal);
    }

    /// <summary>How many entries are kept.</summary>
    public int Capacity { get; }

    /// <summary>Notes one answer.</summary>
    public void Add(in LedgerEntry entry)
    {
        lock (_lock)
        {
            var oldest = Oldest_NeedsLock;
            var sequence = _next++;
            if (entry.Id is not null)
                _byId.Add(entry.Id, sequence, oldest, entry.Accepted);
            _byToken.Add(entry.Token, sequence, oldest, entry.Accepted);
            _entries[sequence] = entry;

            var key = (entry.Provider, entry.Status, entry.Reason);
            _counts[key] = _counts.GetValueOrDefault(key) + 1;
        }
    }

    /// <summary>The answers for one id, newest first. For FCM the whole message name or its last segment.</summary>
    public IReadOnlyList<LedgerEntry> FindById(string id) => Find(_byId, id, int.MaxValue);

    /// <summary>The answers for one target, newest first.</summary>
    public IReadOnlyList<LedgerEntry> FindByToken(string token, int limit) => Find(_byToken, token, limit);

    /// <summary>The newest answers, newest first.</summary>
    public IReadOnlyList<LedgerEntry> Newest(int limit)
    {
        lock (_lock)
        {
            var count = (int)Math.Min(limit, _next - Oldest_NeedsLock);
            var found = new List<LedgerEntry>(count);
            for (var at = _next - 1; found.Count < count; at--)
                found.Add(_entries[at]);
            return found;
        }
    }

    /// <summary>What was accepted, piece by piece from the oldest on: begin with 0, go on with <see cref="AcceptedPage.Next"/>.</summary>
    /// <param name="cursor">The sequence to begin with.</param>
    /// <param name="limit">How many at most; may be fewer before the end, when many were refused.</param>
    public AcceptedPage AcceptedAfter(long cursor, int limit)
    {
        var accepted = new List<AcceptedPush>();
        lock (_lock)
        {
            var from = Math.Max(cursor, Oldest_NeedsLock);
            var end = Math.Min(_next, from + MaxPage);
            // A cursor from before the ledger was cleared is beyond the end, and goes on from there.
            var at = Math.Min(from, _next);
            for (; at < end && accepted.Count < limit; at++)
            {
                ref var entry = ref _entries[at];
                if (entry.Accepted)
                    accepted.Add(new AcceptedPush(entry.Provider, entry.Id, entry.Token));
            }

            return new AcceptedPage(at, from - cursor, accepted);
        }
    }

    /// <summary>Every answer, as <see cref="AcceptedAfter"/> gives those that were accepted.</summary>
    /// <param name="cursor">The sequence to begin with.</param>
    /// <param name="limit">How many at most.</param>
    public AnswerPage AnswersAfter(long cursor, int limit)
    {
        lock (_lock)
        {
            var from = Math.Max(cursor, Oldest_NeedsLock);
            var at = Math.Min(from, _next);
            var end = Math.Min(_next, at + limit);
            var answers = new List<LedgerAnswer>((int)(end - at));
            for (; at < end; at++)
            {
                ref var entry = ref _entries[at];
                answers.Add(new LedgerAnswer(entry.Provider, entry.Id, entry.Token, entry.Status, entry.ReceivedAt));
            }

            return new AnswerPage(at, from - cursor, answers);
        }
    }

    /// <summary>What was accepted more than once.</summary>
    public DuplicateSummary Duplicates(LedgerKey by = LedgerKey.Id)
    {
        lock (_lock)
            return (by == LedgerKey.Token ? _byToken : _byId).Duplicates(Oldest_NeedsLock);
    }

    /// <summary>Everything in numbers.</summary>
    public LedgerSummary Summarize()
    {
        lock (_lock)
        {
            var rows = _counts.Select(pair => new LedgerCount(pair.Key.Provider, pair.Key.Status, pair.Key.Reason, pair.Value));
            return new LedgerSummary(
                _next,
                rows.Where(row => row.Status == 200).Sum(row => row.Count),
                _byId.Extra,
                Oldest_NeedsLock,
                [.. rows.OrderBy(row => row.Provider).ThenBy(row => row.Status).ThenBy(row => row.Reason)]);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
            _byId.Clear();
            _byToken.Clear();
            _counts.Clear();
            _next = 0;
        }
    }

    private long Oldest_NeedsLock => Math.Max(0, _next - Capacity);

    private List<LedgerEntry> Find(LedgerIndex index, string key, int limit)
    {
        lock (_lock)
            return [.. index.Find(key, Oldest_NeedsLock).Take(limit).Select(at => _entries[at])];
    }
}
