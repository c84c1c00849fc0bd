namespace Dispatcher.Simulator.Ledger;

/// <summary>
/// What the providers answered. Counts cover everything since the last <see cref="Clear"/>; of the entries themselves the newest
/// <see cref="Capacity"/> are kept, older ones are dropped and counted.
/// </summary>
public sealed class PushLedger
{
    /// <summary>The bound unless told otherwise: a load test's worth, at some 400 bytes an entry.</summary>
    public const int DefaultCapacity = 1_000_000;

    private const int ChunkSize = 4096;

    private readonly Lock _lock = new();
    private readonly Slot[]?[] _chunks;
    private readonly ChainIndex _byId;
    private readonly ChainIndex _byToken;
    private readonly Dictionary<(string Provider, int Status, string? Reason), long> _counts = [];
    private long _next;
    private long _duplicates;

    /// <param name="capacity">How many entries are kept.</param>
    public PushLedger(int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Capacity = capacity;
        _chunks = new Slot[]?[(capacity + ChunkSize - 1) / ChunkSize];
        _byId = new ChainIndex(capacity);
        _byToken = new ChainIndex(capacity);
    }

    /// <summary>How many entries are kept.</summary>
    public int Capacity { get; }

    /// <summary>Notes one answer.</summary>
    public void Add(in LedgerEntry entry)
    {
        var idHash = entry.Id is null ? 0 : HashOfId(entry.Id);
        var tokenHash = string.GetHashCode(entry.Token, StringComparison.Ordinal);
        lock (_lock)
        {
            // Asked before the entry is linked in, or it would be its own duplicate.
            if (entry is { Accepted: true, Id: not null } && WasAccepted_NeedsLock(entry.Id, idHash))
                _duplicates++;

            var sequence = _next++;
            ref var slot = ref SlotOf_NeedsLock(sequence);
            slot.Entry = entry;
            slot.OlderWithId = entry.Id is null ? ChainIndex.End : _byId.Push(idHash, sequence);
            slot.OlderWithToken = _byToken.Push(tokenHash, sequence);

            var key = (entry.Provider, entry.Status, entry.Reason);
            _counts[key] = _counts.GetValueOrDefault(key) + 1;
        }
    }

    /// <summary>The answers for one id, newest first. For FCM the whole message name or its last segment.</summary>
    public IReadOnlyList<LedgerEntry> FindById(string id)
    {
        var found = new List<LedgerEntry>();
        lock (_lock)
        {
            var oldest = Oldest_NeedsLock;
            for (var at = _byId.Head(HashOfId(id)); at >= oldest;)
            {
                ref var slot = ref SlotOf_NeedsLock(at);
                if (SameId(slot.Entry.Id, id))
                    found.Add(slot.Entry);
                at = slot.OlderWithId;
            }
        }

        return found;
    }

    /// <summary>The answers for one target, newest first.</summary>
    public IReadOnlyList<LedgerEntry> FindByToken(string token, int limit)
    {
        var found = new List<LedgerEntry>();
        lock (_lock)
        {
            var oldest = Oldest_NeedsLock;
            for (var at = _byToken.Head(string.GetHashCode(token, StringComparison.Ordinal)); at >= oldest && found.Count < limit;)
            {
                ref var slot = ref SlotOf_NeedsLock(at);
                if (slot.Entry.Token == token)
                    found.Add(slot.Entry);
                at = slot.OlderWithToken;
            }
        }

        return found;
    }

    /// <summary>The newest answers, newest first.</summary>
    public IReadOnlyList<LedgerEntry> Newest(int limit)
    {
        lock (_lock)
        {
            var count = (int)Math.Min(limit, _next - Oldest_NeedsLock);
            var found = new List<LedgerEntry>(count);
            for (var at = _next - 1; found.Count < count; at--)
                found.Add(SlotOf_NeedsLock(at).Entry);
            return found;
        }
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
                _duplicates,
                Oldest_NeedsLock,
                [.. rows.OrderBy(row => row.Provider).ThenBy(row => row.Status).ThenBy(row => row.Reason)]);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            Array.Clear(_chunks);
            _byId.Clear();
            _byToken.Clear();
            _counts.Clear();
            _next = _duplicates = 0;
        }
    }

    private static int HashOfId(ReadOnlySpan<char> id) => string.GetHashCode(LastSegment(id), StringComparison.OrdinalIgnoreCase);

    private static bool SameId(ReadOnlySpan<char> left, ReadOnlySpan<char> right) =>
        LastSegment(left).Equals(LastSegment(right), StringComparison.OrdinalIgnoreCase);

    private static ReadOnlySpan<char> LastSegment(ReadOnlySpan<char> id) => id[(id.LastIndexOf('/') + 1)..];

    private long Oldest_NeedsLock => Math.Max(0, _next - Capacity);

    private ref Slot SlotOf_NeedsLock(long sequence)
    {
        var (chunk, index) = Math.DivRem((int)(sequence % Capacity), ChunkSize);
        return ref (_chunks[chunk] ??= new Slot[ChunkSize])[index];
    }

    private bool WasAccepted_NeedsLock(string id, int hash)
    {
        var oldest = Oldest_NeedsLock;
        for (var at = _byId.Head(hash); at >= oldest;)
        {
            ref var slot = ref SlotOf_NeedsLock(at);
            if (slot.Entry.Accepted && SameId(slot.Entry.Id, id))
                return true;
            at = slot.OlderWithId;
        }

        return false;
    }

    private struct Slot
    {
        public LedgerEntry Entry;
        public long OlderWithId;
        public long OlderWithToken;
    }
}
