using Confluent.Kafka;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.DeadLetters.Replaying;

/// <summary>What Kafka knows of a replay.</summary>
/// <param name="Bookmarks">Of the dead letters' partitions, with the offset each was committed at.</param>
/// <param name="Lanes">From where on the lanes' logs hold what no commit covers.</param>
internal sealed record ReplayState(
    IReadOnlyDictionary<TopicPartition, (long Offset, ReplayBookmark Bookmark)> Bookmarks, IReadOnlyDictionary<TopicPartition, long> Lanes)
{
    /// <summary>The last commit, or <see langword="null"/> where there was none.</summary>
    public ReplayBookmark? Last => Bookmarks.Values.Select(line => line.Bookmark).MaxBy(bookmark => bookmark.At);

    /// <summary>Whether the last run did not come to its end, or has not yet.</summary>
    public bool IsOpen => Bookmarks.Values.Any(line => line.Bookmark.IsOpen);

    public static async Task<ReplayState> ReadAsync(
        ReplayGroup group, IEnumerable<TopicPartition> deadLetters, IReadOnlyCollection<TopicPartition> lanes, string replay, string filters)
    {
        var read = await group.ReadAsync(deadLetters.Concat(lanes));
        var bookmarks = new Dictionary<TopicPartition, (long, ReplayBookmark)>();
        foreach (var (partition, (offset, metadata)) in read.Where(line => !lanes.Contains(line.Key)))
        {
            var bookmark = ReplayBookmark.Decode(metadata) ?? throw new CommandFailedException(
                $"the group {group.Name} has offsets that this version did not commit: give another --replay-id.");
            if (bookmark.Filters != filters)
                throw new CommandFailedException($"the replay {replay} has other filters: give those, or another --replay-id.", ExitCode.Usage);
            bookmarks.Add(partition, (offset, bookmark));
        }

        return new ReplayState(bookmarks, read.Where(line => lanes.Contains(line.Key)).ToDictionary(line => line.Key, line => line.Value.Offset));
    }

    public ReplayHistory History(TopicPartition partition) =>
        Bookmarks.TryGetValue(partition, out var line) ? line.Bookmark.History : ReplayHistory.None;

    /// <summary>Whether nobody has committed anything since.</summary>
    public bool IsSameAs(ReplayState earlier) => (Last?.Run, Last?.At) == (earlier.Last?.Run, earlier.Last?.At);
}
