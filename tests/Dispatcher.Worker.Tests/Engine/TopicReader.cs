using Confluent.Kafka;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Worker.Tests.Engine;

/// <summary>Reads a topic of one partition for as long as a test lasts, and tells whoever waits for a record when it has come.</summary>
internal sealed class TopicReader<T> : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<T> _records = [];
    private readonly List<(Func<T, bool> IsIt, TaskCompletionSource<T> Signal)> _waiting = [];
    private readonly CancellationTokenSource _end = new();
    private readonly string _topic;
    private readonly Task _reading;

    public TopicReader(KafkaOptions kafka, string topic, Func<ConsumeResult<byte[]?, byte[]?>, T> read)
    {
        _topic = topic;
        _reading = Task.Factory.StartNew(() => Read(kafka, read), _end.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>What has come so far.</summary>
    public IReadOnlyList<T> Records
    {
        get
        {
            lock (_lock)
                return [.. _records];
        }
    }

    /// <summary>The first record that is the one, as soon as it is there.</summary>
    public async Task<T> FirstAsync(Func<T, bool> isIt)
    {
        var signal = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            var come = _records.FindIndex(record => isIt(record));
            if (come >= 0)
                return _records[come];
            _waiting.Add((isIt, signal));
        }

        var first = await Task.WhenAny(signal.Task, _reading).WaitAsync(Eventually.Patience);
        await first; // why the reading ended, if it did
        return await signal.Task.WaitAsync(Eventually.Patience);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _reading;
        _end.Dispose();
    }

    private void Read(KafkaOptions kafka, Func<ConsumeResult<byte[]?, byte[]?>, T> read)
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            GroupId = "tests",
            EnableAutoCommit = false,
            FetchWaitMaxMs = 10,
        }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        consumer.Assign(new TopicPartitionOffset(_topic, 0, Offset.Beginning));
        while (!_end.IsCancellationRequested)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is not { } record)
                continue;
            lock (_lock)
            {
                var one = read(record);
                _records.Add(one);
                foreach (var (_, signal) in _waiting.Where(waiting => waiting.IsIt(one)))
                    signal.TrySetResult(one);
            }
        }
    }
}
