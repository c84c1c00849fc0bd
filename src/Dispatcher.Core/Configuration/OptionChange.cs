namespace Dispatcher.Core.Configuration;

/// <summary>An option whose value is another one now; without a value it was not there, or is not there any more.</summary>
/// <param name="Old">What it was.</param>
/// <param name="New">What it is.</param>
public readonly record struct OptionChange(OptionValue? Old, OptionValue? New)
{
    private OptionValue Either => New ?? Old!.Value;

    /// <summary>The option's whole name.</summary>
    public string Path => Either.Path;

    /// <summary>Whether it is put in force without a restart.</summary>
    public bool IsLive => Either.IsLive;

    /// <summary>The option with both values, secrets as <c>***</c>.</summary>
    public override string ToString() => $"{Path} {Old?.Shown ?? "none"} → {New?.Shown ?? "none"}";

    /// <summary>Every difference between two configurations, by name.</summary>
    /// <param name="old">The former options.</param>
    /// <param name="now">The present ones.</param>
    public static IReadOnlyList<OptionChange> Between(IEnumerable<OptionValue> old, IEnumerable<OptionValue> now)
    {
        var (before, after) = (ByPath(old), ByPath(now));
        return
        [
            .. from path in before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
               let change = new OptionChange(Find(before, path), Find(after, path))
               where change.Old?.Value != change.New?.Value
               select change,
        ];
    }

    private static Dictionary<string, OptionValue> ByPath(IEnumerable<OptionValue> values) => values.ToDictionary(value => value.Path, StringComparer.Ordinal);

    private static OptionValue? Find(Dictionary<string, OptionValue> values, string path) => values.TryGetValue(path, out var value) ? value : null;
}
