namespace Dispatcher.Simulator.Ledger;

/// <summary>Finds ledger entries by one of their keys, and knows of each key how often it was accepted.</summary>
/// <param name="capacity">How many entries the ledger keeps.</param>
/// <param name="comparer">When two keys are the same.</param>
internal sealed class LedgerIndex(int capacity, IEqualityComparer<string> comparer)
{
    private readonly ChainIndex _newest = new(capacity);
    private readonly Ring<Link> _links = new(capacity);
    private readonly List<string> _firstDuplicates = new(DuplicateSummary.Shown);
    private long _duplicated;

    /// <summary>Accepted although the same key had been accepted before, as far back as entries are kept.</summary>
    public long Extra { get; private set; }

    public void Add(string key, long sequence, long oldest, bool accepted)
    {
        // Counted before the entry is linked in, or it would be its own duplicate.
        var times = TimesAccepted(key, oldest) + (accepted ? 1 : 0);
        _links[sequence] = new Link(key, _newest.Push(comparer.GetHashCode(key), sequence), times);
        if (accepted && times > 1)
            NoteDuplicate(key, times);
    }

    /// <summary>The sequences of the key's entries, newest first.</summary>
    public IEnumerable<long> Find(string key, long oldest)
    {
        for (var at = _newest.Head(comparer.GetHashCode(key)); at >= oldest; at = _links[at].Older)
        {
            if (comparer.Equals(_links[at].Key, key))
                yield return at;
        }
    }

    public DuplicateSummary Duplicates(long oldest) =>
        new(_duplicated, Extra, [.. _firstDuplicates.Select(key => new Duplicate(key, TimesAccepted(key, oldest)))]);

    public void Clear()
    {
        _newest.Clear();
        _links.Clear();
        _firstDuplicates.Clear();
        _duplicated = Extra = 0;
    }

    // Every entry carries its key's count along, so the newest is all that is looked at, however long the chain.
    private int TimesAccepted(string key, long oldest)
    {
        for (var at = _newest.Head(comparer.GetHashCode(key)); at >= oldest;)
        {
            ref var link = ref _links[at];
            if (comparer.Equals(link.Key, key))
                return link.Accepted;
            at = link.Older;
        }

        return 0;
    }

    private void NoteDuplicate(string key, int times)
    {
        Extra++;
        if (times > 2)
            return;

        _duplicated++;
        if (_firstDuplicates.Count < DuplicateSummary.Shown)
            _firstDuplicates.Add(key);
    }

    private readonly record struct Link(string Key, long Older, int Accepted);
}
