using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>
/// Counts dead letters by some of their fields. A header may hold anything, so the number of groups is bounded: the first
/// <see cref="MostGroups"/> are told apart, what belongs to none of them is among the others.
/// </summary>
/// <param name="fields">What to group by; none makes one group of all.</param>
internal sealed class DeadLetterGroups(params IReadOnlyList<DeadLetterField> fields)
{
    /// <summary>Groups that are told apart.</summary>
    public const int MostGroups = 10_000;

    private const int LongestValue = 100; // longer than any reason, name or worker of ours
    private const char Separator = '\u001f';

    private readonly Dictionary<string, DeadLetterGroup> _groups = new(StringComparer.Ordinal);
    private readonly DeadLetterGroup _all = new([]);
    private DeadLetterGroup? _untold;

    public IReadOnlyList<DeadLetterField> Fields => fields;

    /// <summary>All of them.</summary>
    public DeadLetterGroup All => _all;

    public void Add(DeadLetterRecord record)
    {
        var time = record.LastFailedAt;
        _all.Add(time);
        if (fields.Count > 0)
            GroupOf(record).Add(time);
    }

    /// <summary>The largest groups, the largest first or, where a time comes first, in its order; and all others as one, where there are more.</summary>
    /// <param name="count">How many.</param>
    public (IReadOnlyList<DeadLetterGroup> Largest, DeadLetterGroup? Others) Largest(int count)
    {
        var ordered = _groups.Values
            .OrderByDescending(group => group.Count)
            .ThenBy(Key, StringComparer.Ordinal)
            .ToArray();
        DeadLetterGroup? others = null;
        foreach (var group in ordered.Skip(count).Concat(_untold is null ? [] : [_untold]))
            (others ??= new DeadLetterGroup([])).Add(group);
        var largest = ordered.Take(count);
        return (fields is [DeadLetterField.Day or DeadLetterField.Hour, ..] ? [.. largest.OrderBy(Key, StringComparer.Ordinal)] : [.. largest], others);
    }

    private DeadLetterGroup GroupOf(DeadLetterRecord record)
    {
        var key = fields.Count == 1 ? Value(fields[0], record) : string.Join(Separator, fields.Select(field => Value(field, record)));
        if (_groups.TryGetValue(key, out var group))
            return group;
        if (_groups.Count == MostGroups)
            return _untold ??= new DeadLetterGroup([]);
        group = new DeadLetterGroup([.. fields.Select(field => Value(field, record))]);
        _groups.Add(key, group);
        return group;
    }

    private static string Key(DeadLetterGroup group) => string.Join(Separator, group.Values);

    private static string Value(DeadLetterField field, DeadLetterRecord record) => TextTable.Fit(field.Of(record), LongestValue);
}

/// <summary>Dead letters that have something in common.</summary>
/// <param name="values">What, a value for each field.</param>
internal sealed class DeadLetterGroup(IReadOnlyList<string> values)
{
    public IReadOnlyList<string> Values => values;

    public long Count { get; private set; }

    /// <summary>When the first of them failed for good.</summary>
    public DateTimeOffset First { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>When the last of them did.</summary>
    public DateTimeOffset Last { get; private set; } = DateTimeOffset.MinValue;

    public void Add(DateTimeOffset time)
    {
        Count++;
        First = time < First ? time : First;
        Last = time > Last ? time : Last;
    }

    public void Add(DeadLetterGroup group)
    {
        Count += group.Count;
        First = group.First < First ? group.First : First;
        Last = group.Last > Last ? group.Last : Last;
    }
}
