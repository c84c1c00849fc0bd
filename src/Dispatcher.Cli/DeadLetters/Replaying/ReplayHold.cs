using Confluent.Kafka;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.DeadLetters.Replaying;

/// <summary>
/// A run's hold on its replay. It begins with a commit under the run's own name; each later commit is made only after a look whether that
/// name still stands, so that of two runs the older one stops. Nothing is sent while the last such look is older than <see cref="Freshness"/>.
/// </summary>
/// <param name="kafka">Where.</param>
/// <param name="group">The replay's group.</param>
/// <param name="providers">Whose dead letters and lanes it has to do with.</param>
/// <param name="replay">The replay's name.</param>
/// <param name="filters">A short hash of the filters.</param>
/// <param name="rule">What the run takes.</param>
/// <param name="at">The instant at which it judges times to live.</param>
/// <param name="time">The clock.</param>
internal sealed class ReplayHold(
    KafkaConnection kafka,
    ReplayGroup group,
    IReadOnlyList<Provider> providers,
    string replay,
    string filters,
    ReplayRule rule,
    DateTimeOffset at,
    TimeProvider time) : IDisposable
{
    /// <summary>After this long without a look nothing is sent.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);

    // Longer than a run sends without a look, and than a request of one that was killed lies in a broker's socket.
    private static readonly TimeSpan OtherEnds = TimeSpan.FromSeconds(3);

    // Longer than another run that begins at this moment takes from its look at the group to its commit.
    private static readonly TimeSpan OtherBegins = TimeSpan.FromMilliseconds(500);

    private readonly TopicOffsets _offsets = new(kafka);
    private readonly string _run = Guid.CreateVersion7(time.GetUtcNow()).ToString("N")[12..]; // the first 12 digits are the time
    private readonly Queue<(int Epoch, Dictionary<TopicPartition, long> Ends)> _epochs = [];
    private Dictionary<TopicPartition, long> _standing = [];
    private Dictionary<TopicPartition, long> _floor = [];
    private (ReplayRule Rule, DateTimeOffset At) _interrupted = (rule, at);
    private Func<TopicPartition, ReplayHistory> _before = _ => ReplayHistory.None;
    private ReplayStretch? _stretch;
    private long _lookedAt;
    private int _epoch;

    /// <summary>The number of the last note of the lanes' ends; what leaves now lies behind those.</summary>
    public int Epoch => Volatile.Read(ref _epoch);

    public bool IsFresh => time.GetElapsedTime(Volatile.Read(ref _lookedAt)) < Freshness;

    private IEnumerable<string> LaneTopics => Lane.All.Where(lane => providers.Contains(lane.Provider)).Select(kafka.Topics.Pushes);

    /// <summary>What Kafka knows of the replay.</summary>
    public Task<ReplayState> ReadAsync()
    {
        foreach (var missing in LaneTopics.Where(topic => _offsets.Partitions(topic).Count == 0))
            throw new CommandFailedException($"there is no topic {missing}, or this user may not see it: create it, or check --topic-prefix and ACLs.");
        return ReplayState.ReadAsync(
            group,
            providers.Select(kafka.Topics.DeadLetters).SelectMany(_offsets.Partitions),
            [.. LaneTopics.SelectMany(_offsets.Partitions)],
            replay,
            filters);
    }

    /// <summary>Takes hold and finds out what was sent and not committed.</summary>
    /// <param name="planned">What the plan was made from.</param>
    /// <param name="ranges">What there is to read.</param>
    /// <param name="isForced">Whether to go on where the lanes' logs have forgotten.</param>
    /// <param name="stop">Ends it early.</param>
    public async Task<ReplayStretch> TakeAsync(ReplayState planned, IReadOnlyList<ScanRange> ranges, bool isForced, CancellationToken stop)
    {
        if (planned.IsOpen && time.GetUtcNow() - planned.Last!.At < TimeSpan.FromSeconds(10))
            await Task.Delay(2 * ReplayRun.CommitInterval, time, stop); // whoever is at work commits meanwhile
        var ends = await LaneEndsAsync(); // before the look: whoever takes hold after it sends behind these
        var looked = time.GetTimestamp();
        var state = await ReadAsync();
        if (!state.IsSameAs(planned))
            throw new CommandFailedException($"another run of the replay {replay} is at work, or was since the plan was made: wait for its end, or end it.");
        _floor = state.IsOpen ? ends.ToDictionary(end => end.Key, end => state.Lanes.GetValueOrDefault(end.Key, 0)) : ends;
        if (state.IsOpen)
            await CheckLogsAsync(state, isForced);
        if (state is { IsOpen: true, Last: { } last })
            _interrupted = (last.Rule, last.JudgedAt);

        _before = state.History; // of a partition that cannot be read now nothing changes
        _standing = ranges.ToDictionary(range => range.Partition, range => range.From);
        foreach (var (partition, line) in state.Bookmarks)
            _standing[partition] = line.Offset;
        await CommitAsync(_standing, state.History, _floor, isOpen: true);
        // Who takes hold after the look above reads this commit before it sends, unless this one came so late that it may be sending already.
        return await BeginAsync(ranges, state.History, state.IsOpen || time.GetElapsedTime(looked) > OtherBegins, stop);
    }

    /// <summary>Begins anew where trouble ended the last stretch: what is not known to be on its lane is looked for there.</summary>
    /// <param name="stop">Ends it early.</param>
    public Task<ReplayStretch> ResumeAsync(CancellationToken stop)
    {
        var last = _stretch!;
        var (positions, _, _) = last.Watermarks.Read();
        var histories = positions.ToDictionary(position => position.Key, position => last.History(position.Key, position.Value));
        return BeginAsync(last.Ranges, partition => histories[partition], isOpen: true, stop);
    }

    /// <summary>Looks whether the hold still stands, and commits how far the run is.</summary>
    /// <param name="isLast">Whether nothing is in flight, and nothing will be.</param>
    /// <returns><see langword="false"/> when another run has taken over; nothing is committed then.</returns>
    public async Task<bool> CommitAsync(bool isLast)
    {
        var lookedAt = time.GetTimestamp();
        _epochs.Enqueue((_epoch + 1, await LaneEndsAsync()));
        Volatile.Write(ref _epoch, _epoch + 1);
        if (!await StandsAsync())
            return false;
        Volatile.Write(ref _lookedAt, lookedAt);

        var stretch = _stretch!;
        var hasSent = stretch.Sent.Count > 0; // before the watermarks: what leaves this set is in them
        var (positions, oldest, hasFound) = stretch.Watermarks.Read();
        while (_epochs.Peek().Epoch < (oldest ?? _epoch))
            _epochs.Dequeue();
        if (!hasSent && !hasFound)
            _floor = _epochs.Peek().Ends;
        foreach (var (partition, position) in positions)
            _standing[partition] = position;
        ReplayHistory History(TopicPartition partition) =>
            positions.TryGetValue(partition, out var position) ? stretch.History(partition, position) : _before(partition);
        await CommitAsync(_standing, History, _floor, isOpen: !isLast || hasSent || hasFound || oldest is not null);
        return true;
    }

    public void Dispose() => _offsets.Dispose();

    private async Task<ReplayStretch> BeginAsync(
        IReadOnlyList<ScanRange> ranges, Func<TopicPartition, ReplayHistory> history, bool isOpen, CancellationToken stop)
    {
        await Task.Delay(isOpen ? OtherEnds : OtherBegins, time, stop);
        if (!await StandsAsync())
            throw new CommandFailedException($"another run of the replay {replay} has taken over.");
        var ends = await LaneEndsAsync();
        var tails = ends.Select(end => new ScanRange(end.Key, _floor.GetValueOrDefault(end.Key, 0), end.Value));
        var sent = isOpen ? await new LaneTail(kafka).ReadAsync(replay, [.. tails], stop) : new SentBefore();
        var before = ranges.Select(range => range.Partition).ToDictionary(partition => partition, history);
        _stretch = new ReplayStretch(ranges, before, sent, rule, at, _interrupted);
        _epochs.Clear();
        _epochs.Enqueue((++_epoch, ends)); // nothing was sent since
        if (!await StandsAsync())
            throw new CommandFailedException($"another run of the replay {replay} has taken over.");
        Volatile.Write(ref _lookedAt, time.GetTimestamp());
        return _stretch;
    }

    private async Task CheckLogsAsync(ReplayState state, bool isForced)
    {
        var starts = await _offsets.StartsAsync(LaneTopics);
        foreach (var (partition, start) in starts)
        {
            var floor = state.Lanes.GetValueOrDefault(partition, start); // a partition without has come since
            if (floor < start && !isForced)
                throw new CommandFailedException(
                    $"the last run of {replay} did not end, and Kafka has deleted what {partition.Topic}/{partition.Partition.Value} held since its last commit: "
                    + "what was sent and not committed cannot be told any more. --force goes on and may send that (a second's worth at most) twice.");
            _floor[partition] = Math.Max(floor, start);
        }
    }

    private async Task<bool> StandsAsync() =>
        (await group.ReadAsync(_standing.Keys)).Values.All(line => ReplayBookmark.Decode(line.Metadata)?.Run == _run);

    private Task CommitAsync(
        Dictionary<TopicPartition, long> positions, Func<TopicPartition, ReplayHistory> history, Dictionary<TopicPartition, long> lanes, bool isOpen)
    {
        var now = time.GetUtcNow();
        return group.CommitAsync(
        [
            .. positions.Select(position => (position.Key, new GroupOffset(
                position.Value, new ReplayBookmark(_run, isOpen, now, filters, at, rule, history(position.Key)).Encode()))),
            .. lanes.Select(lane => (lane.Key, new GroupOffset(lane.Value, ""))),
        ]);
    }

    private Task<Dictionary<TopicPartition, long>> LaneEndsAsync() => _offsets.EndsAsync(LaneTopics);
}
