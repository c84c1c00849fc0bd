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

    /// <summary>A record's wait must end well within its topic's retention.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(24);

    private readonly Tier[] _tiers;
    private readonly string _start;

    private DelayTiers(Tier[] tiers, string start)
    {
        _tiers = tiers;
        _start = start;
    }

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
        var start = $"{topicPrefix}.delay.";
        var tiers = new List<Tier>();
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (Wait(word) is not { } wait)
                return null;
            tiers.Add(new Tier(wait, start + word));
        }

        tiers.Sort((a, b) => a.Wait.CompareTo(b.Wait));
        return tiers.Count > 0 && tiers.Select(tier => tier.Wait).Distinct().Count() == tiers.Count ? new DelayTiers([.. tiers], start) : null;
    }

    /// <summary>The tiers among a cluster's topics that are not in the list any more: nothing new waits there, what does has to come out.</summary>
    /// <param name="topics">The cluster's topics.</param>
    public IEnumerable<string> Former(IEnumerable<string> topics) =>
        topics.Where(topic => topic.StartsWith(_start, StringComparison.Ordinal) && Wait(topic[_start.Length..]) is not null).Except(Topics);

    /// <summary>The topic for a push that is not due yet: the longest wait that does not pass the instant, else the shortest there is.</summary>
    /// <param name="notBefore">When it is due.</param>
    /// <param name="now">The instant of the question.</param>
    public string TopicFor(DateTimeOffset notBefore, DateTimeOffset now) => TierFor(notBefore, now).Topic;

    /// <summary>When a push leaves the tier that <see cref="TopicFor"/> names: when it is due or the tier's wait is over, whichever comes first.</summary>
    /// <param name="notBefore">When it is due.</param>
    /// <param name="now">The instant of the question.</param>
    public DateTimeOffset LeavesAt(DateTimeOffset notBefore, DateTimeOffset now)
    {
        var over = now + TierFor(notBefore, now).Wait;
        return notBefore < over ? notBefore : over;
    }

    private Tier TierFor(DateTimeOffset notBefore, DateTimeOffset now)
    {
        var remaining = notBefore - now;
        return Array.FindLast(_tiers, tier => tier.Wait <= remaining) ?? _tiers[0];
    }

    private static TimeSpan? Wait(string word)
    {
        // No leading zero: a wait has one name, and so one topic.
        if (word.Length < 2 || word[0] == '0' || !int.TryParse(word[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return null;
        long? seconds = word[^1] switch
        {
            's' => number,
            'm' => number * 60L,
            'h' => number * 3600L,
            _ => null,
        };
        return seconds <= LongestWait.TotalSeconds ? TimeSpan.FromSeconds(seconds.Value) : null;
    }

    private sealed record Tier(TimeSpan Wait, string Topic);
}
