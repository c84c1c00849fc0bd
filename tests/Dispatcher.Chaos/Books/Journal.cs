using System.Collections.Concurrent;
using Confluent.Kafka;
using Dispatcher.Chaos.Pushing;
using Dispatcher.Chaos.Stage;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Chaos.Books;

/// <summary>Follows every topic from the first record on, and keeps the story of every push.</summary>
internal sealed class Journal : IAsyncDisposable
{
    private readonly bool _keepsStories;
    private readonly TopicNames _topics;
    private readonly ConcurrentDictionary<Guid, Story> _stories = [];
    private readonly ConcurrentDictionary<PartitionName, List<Story?>> _records = [];
    private readonly Dictionary<PartitionName, long> _next = [];
    private readonly CancellationTokenSource _end = new();
    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly Task _following;
    private long _kept;
    private long _dropped;

    /// <summary>Starts to follow.</summary>
    /// <param name="deployment">Whose topics.</param>
    /// <param name="keepsStories">Whether a push is remembered that has ended; a long run of which only counts matter forgets it.</param>
    public Journal(Deployment deployment, bool keepsStories = true)
    {
        _keepsStories = keepsStories;
        _topics = deployment.Kafka.Topics;
        _consumer = KafkaClient.Consumer(deployment.Kafka, "dispatcher-chaos-journal");
        var consumed = Consumption.Of(deployment.Kafka).SelectMany(consumption => consumption.Topics).ToHashSet();
        _consumer.Assign(_topics.All.SelectMany(topic => Enumerable
            .Range(0, consumed.Contains(topic) ? deployment.Options.Partitions : deployment.Options.ReportPartitions)
            .Select(partition => new TopicPartitionOffset(topic, partition, 0))));
        _following = Task.Factory.StartNew(Follow, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public IEnumerable<Story> Stories => _stories.Values;

    /// <summary>Promised pushes that have ended.</summary>
    public long Kept => Interlocked.Read(ref _kept);

    /// <summary>Records that in-memory Kafka dropped before they could be followed.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>A 202.</summary>
    public void Promised(Guid id, Promise promise)
    {
        if (Story(id).IsKeptWith(promise))
            Keep(id);
    }

    /// <summary>The pushes that a partition of a lane or tier has held, by offset.</summary>
    public IReadOnlyList<Story?> RecordsOf(PartitionName partition) => _records.GetValueOrDefault(partition) ?? [];

    /// <summary>Follows no further.</summary>
    public async Task CloseAsync()
    {
        if (_end.IsCancellationRequested)
            return;
        await _end.CancelAsync();
        await _following;
        _consumer.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _end.Dispose();
    }

    private void Follow()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                if (_consumer.Consume(TimeSpan.FromMilliseconds(50)) is { } record)
                    Take(record);
            }
            catch (ConsumeException)
            {
                // One of the troubles; the consumer goes on where it was, and a gap would show.
            }
        }
    }

    private void Take(ConsumeResult<byte[]?, byte[]?> record)
    {
        var partition = new PartitionName(record.Topic, record.Partition.Value);
        var expected = _next.GetValueOrDefault(partition);
        if (record.Offset.Value < expected)
            return; // read again after an outage
        Interlocked.Add(ref _dropped, record.Offset.Value - expected);
        _next[partition] = record.Offset.Value + 1;

        if (record.Topic == _topics.Results)
            TakeResult(PushResult.Read(record.Message.Value));
        else if (record.Topic == _topics.Tokens)
            Story(InvalidToken.Read(record.Message.Value).PushId).IsTokenReported = true;
        else if (record.Topic.EndsWith(".dead", StringComparison.Ordinal))
            Story(DeadLetter.Read(record).PushId ?? Guid.Empty).DeadLetters++;
        else if (_keepsStories)
            TakePush(partition, record);
    }

    private void TakeResult(PushResult result)
    {
        if (Story(result.Id).IsKeptWith(new Ending(result.Outcome, result.DeadLettered, result.Attempts)))
            Keep(result.Id);
    }

    private void Keep(Guid id)
    {
        Interlocked.Increment(ref _kept);
        if (!_keepsStories)
            _stories.TryRemove(id, out _);
    }

    private void TakePush(PartitionName partition, ConsumeResult<byte[]?, byte[]?> record)
    {
        if (!PushJson.TryDecode(record.Message.Value, default, out var push, out var problem))
            throw new InvalidOperationException($"{partition}@{record.Offset} is no push: {problem}");
        var story = Story(push.Id);
        var delay = DelayedPush.Read(record.Message.Headers);
        story.Records.Add(new RecordPlace(
            partition,
            record.Offset.Value,
            record.Message.Timestamp.UtcDateTime,
            delay?.Lane.Name,
            delay is null ? default : (delay.NotBefore, delay.LeavesAt)));
        var records = _records.GetOrAdd(partition, _ => []);
        while (records.Count < record.Offset.Value)
            records.Add(null);
        records.Add(story);
    }

    private Story Story(Guid id) => _stories.GetOrAdd(id, static id => new Story(id));
}
