using System.Globalization;

namespace Dispatcher.Simulator;

/// <summary><c>name[:partitions],...</c></summary>
internal static class TopicList
{
    /// <summary>Topics with their partitions, or <see langword="null"/> for what is no such list.</summary>
    public static IReadOnlyDictionary<string, int>? Parse(string text, int defaultPartitions)
    {
        var topics = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var item in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var (name, number) = item.Split(':') switch
            {
                [var alone] => (alone, null),
                [var before, var after] => (before, after),
                _ => ("", null),
            };
            var partitions = defaultPartitions;
            if (name.Length == 0 || (number is not null && !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out partitions))
                || partitions < 1)
                return null;
            topics[name] = partitions;
        }

        return topics;
    }
}
