using System.Collections.Concurrent;
using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Chaos.Stage;

/// <summary>Follows the topics that a worker reports to, from the first record on.</summary>
internal sealed class ResultLedger : IAsyncDisposable
{
    private readonly KafkaOptions _kafka;
    private readonly int _partitions;
    private readonly ConcurrentDictionary<Guid, ConcurrentQueue<PushResult>> _results = [];
    private readonly ConcurrentQueue<DeadLetter> _deadLetters = [];
    private readonly ConcurrentQueue<InvalidToken> _tokens = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Task _following;

    public ResultLedger(Deployment deployment)
    {
        _kafka = deployment.Kafka;
        _partitions = deployment.Options.Partitions;
        _following = Task.Run(Follow);
    }

    public IReadOnlyCollection<DeadLetter> DeadLetters => _deadLetters;

    public IReadOnlyCollection<InvalidToken> InvalidTokens => _tokens;

    /// <summary>How many different pushes have ended.</summary>
    public int Settled => _results.Count;

    public IReadOnlyCollection<PushResult> Of(AcceptedPush push) => _results.TryGetValue(push.Id, out var results) ? results : [];

    /// <summary>Waits until every push has ended.</summary>
    public Task SettledAsync(IReadOnlyCollection<AcceptedPush> pushes) => Patience.UntilAsync(
        () => pushes.All(push => _results.ContainsKey(push.Id)),
        () => $"{pushes.Count(push => !_results.ContainsKey(push.Id))} of {pushes.Count} pushes have not ended: {string.Join(", ", pushes.Where(push => !_results.ContainsKey(push.Id)).Take(5))} …");

    public Task SettledAsync(int pushes) => Patience.UntilAsync(() => Settled >= pushes, () => $"{Settled} of {pushes} pushes have ended");

    /// <summary>What workers have committed on all lanes together.</summary>
    public long Committed() => Lane.All.Sum(lane =>
    {
        var topic = _kafka.Topics.Pushes(lane);
        using var group = KafkaClient.Consumer(_kafka, $"{_kafka.GroupId}.{topic}");
        return group.Committed(Enumerable.Range(0, _partitions).Select(p => new TopicPartition(topic, p)), Patience.Limit)
            .Sum(partition => Math.Max(0, partition.Offset.Value));
    });

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _following;
        _end.Dispose();
    }

    private void Follow()
    {
        using var consumer = KafkaClient.Consumer(_kafka, "end-to-end-tests");
        string[] topics = [_kafka.Topics.Results, _kafka.Topics.Tokens, .. Enum.GetValues<Provider>().Select(_kafka.Topics.DeadLetters)];
        consumer.Assign(topics.Select(topic => new TopicPartitionOffset(topic, 0, Offset.Beginning)));
        while (!_end.IsCancellationRequested)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(50)) is { } record)
                Take(record);
        }
    }

    private void Take(ConsumeResult<byte[]?, byte[]?> record)
    {
        if (record.Topic == _kafka.Topics.Results)
        {
            var result = PushResult.Read(record.Message.Value);
            _results.GetOrAdd(result.Id, _ => []).Enqueue(result);
        }
        else if (record.Topic == _kafka.Topics.Tokens)
        {
            _tokens.Enqueue(InvalidToken.Read(record.Message.Value));
        }
        else
        {
            _deadLetters.Enqueue(DeadLetter.Read(record));
        }
    }
}
