using System.Globalization;

namespace Dispatcher.Core.Kafka;

/// <summary>
/// The delay tiers: one topic for each wait. A constant wait keeps a topic's records in the order in which they come out of it; what
/// has to wait longer than the longest tier passes through it several times.
/// </summary>
public sealed class DelayTiers
{
    /// <summary>The tiers unless others are configured.</summary>
    public const string Default = "10s,1m,10m,1h";

    private readonly Tier[] _tiers;

    private DelayTiers(Tier[] tiers) => _tiers = tiers;

    /// <summary>The topics, from the shortest wait to the longest.</summary>
    public IReadOnlyList<string> Topics => [.. _tiers.Select(tier => tier.Topic)];

    /// <summary>The waits, from the shortest to the longest.</summary>
    public IReadOnlyList<TimeSpan> Waits => [.. _tiers.Select(tier => tier.Wait)];

    /// <summary>Reads a list of tiers.</summary>
    /// <param name="text">Waits in s, m or h, separated by commas, e.g. <c>10s,1m</c>.</param>
    /// <param name="topicPrefix">What the topics' names start with.</param>
    /// <returns>The tiers, or <see langword="null"/> when the text is not such a list.</returns>
    public static DelayTiers? Parse(string text, string topicPrefix)
    {
        var tiers = new List<Tier>();
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (Wait(word) is not { } wait)
                return null;
            tiers.Add(new Tier(wait, $"{topicPrefix}.delay.{word}"));
        }

        tiers.Sort((a, b) => a.Wait.CompareTo(b.Wait));
        return tiers.Count > 0 && tiers.Select(tier => tier.Wait).Distinct().Count() == tiers.Count ? new DelayTiers([.. tiers]) : null;
    }

    /// <summary>The topic for a push that is not due yet: the longest wait that does not pass the instant, else the shortest there is.</summary>
    /// <param name="notBefore">When it is due.</param>
    /// <param name="now">The instant of the question.</param>
    public string TopicFor(DateTimeOffset notBefore, DateTimeOffset now)
    {
        var remaining = notBefore - now;
        return (Array.FindLast(_tiers, tier => tier.Wait <= remaining) ?? _tiers[0]).Topic;
    }

    private static TimeSpan? Wait(string word)
    {
        if (word.Length < 2 || !int.TryParse(word[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
            return null;
        TimeSpan? wait = word[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            _ => null,
        };
        return wait <= TimeSpan.FromHours(24) ? wait : null;
    }

    private sealed record Tier(TimeSpan Wait, string Topic);
}
