using Confluent.Kafka;
using Dispatcher.Chaos.Stage;

namespace Dispatcher.Chaos.Books;

/// <summary>What workers had committed, and when: asked every tenth of a second, as long as somebody answers.</summary>
internal sealed class CommitHistory : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<Consumption> _consumptions;
    private readonly int _partitions;
    private readonly List<(Consumption Consumption, IConsumer<byte[]?, byte[]?> Client)> _clients = [];
    private readonly Dictionary<(string Pump, PartitionName Partition), List<(DateTimeOffset At, long Offset)>> _history = [];
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _asking;

    /// <summary>Starts to ask.</summary>
    /// <param name="deployment">Whose workers.</param>
    public CommitHistory(Deployment deployment)
    {
        _consumptions = Consumption.Of(deployment.Kafka);
        _partitions = deployment.Options.Partitions;
        foreach (var consumption in _consumptions)
            _clients.Add((consumption, KafkaClient.Consumer(deployment.Kafka, consumption.Group)));
        _asking = Task.Run(AskAsync);
    }

    /// <summary>What was committed at an instant, or a little less.</summary>
    public long At(string pump, PartitionName partition, DateTimeOffset instant)
    {
        lock (_lock)
        {
            return _history.TryGetValue((pump, partition), out var history)
                ? history.FindLast(commit => commit.At <= instant).Offset // a struct: 0 before the first
                : 0;
        }
    }

    /// <summary>Records that are not committed: the topics' ends against the newest answers.</summary>
    public long Lag()
    {
        var lag = 0L;
        foreach (var (consumption, client) in _clients)
        {
            var committed = client.Committed(PartitionsOf(consumption), Patience.Limit);
            lag += committed.Sum(partition =>
                client.QueryWatermarkOffsets(partition.TopicPartition, Patience.Limit).High.Value - Math.Max(0, partition.Offset.Value));
        }

        return lag;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _asking;
        foreach (var (_, client) in _clients)
            client.Dispose();
        _end.Dispose();
    }

    private async Task AskAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            foreach (var (consumption, client) in _clients)
                Ask(consumption, client);
            await Task.Delay(Pause, TimeProvider.System, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Ask(Consumption consumption, IConsumer<byte[]?, byte[]?> client)
    {
        try
        {
            var committed = client.Committed(PartitionsOf(consumption), Limit);
            var now = TimeProvider.System.GetUtcNow(); // after the answer: it was true by then
            lock (_lock)
            {
                foreach (var partition in committed.Where(partition => partition.Offset.Value >= 0))
                    Note((consumption.Pump, new PartitionName(partition.Topic, partition.Partition.Value)), now, partition.Offset.Value);
            }
        }
        catch (KafkaException)
        {
            // One of the troubles. What was true before is less than what is.
        }
    }

    private void Note((string, PartitionName) key, DateTimeOffset at, long offset)
    {
        if (!_history.TryGetValue(key, out var history))
            _history.Add(key, history = []);
        if (history.Count == 0 || history[^1].Offset != offset)
            history.Add((at, offset));
    }

    private IEnumerable<TopicPartition> PartitionsOf(Consumption consumption) =>
        from topic in consumption.Topics
        from partition in Enumerable.Range(0, _partitions)
        select new TopicPartition(topic, partition);
}
