using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Core.Tests.Kafka;

public sealed class TopicFollowerTests : IAsyncLifetime, IDisposable
{
    private static readonly (string, string) FetchAtOnce = ("fetch.wait.max.ms", "10"); // in-memory Kafka holds a fetch back for an empty partition

    private readonly TestKafka _kafka = new();
    private readonly ConcurrentQueue<string> _read = [];
    private readonly RecordProducer _producer;
    private readonly TopicFollower _follower;
    private readonly TopicNames _topics;

    public TopicFollowerTests()
    {
        var options = _kafka.Options(FetchAtOnce);
        _topics = options.Topics;
        _producer = _kafka.Producer();
        _follower = new TopicFollower(
            options,
            [_topics.Scheduled, _topics.Cancels],
            (topic, value) => _read.Enqueue($"{topic}: {Encoding.UTF8.GetString(value!)}"),
            TimeProvider.System,
            new KafkaMetrics(_kafka.Meters),
            NullLogger<TopicFollower>.Instance);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _follower.StopAsync().WaitAsync(TestKafka.Patience);

    public void Dispose()
    {
        _follower.Dispose();
        _producer.Dispose();
        _kafka.Dispose();
    }

    [Fact]
    public async Task Everything_from_the_beginning_is_read_before_it_has_caught_up()
    {
        for (var i = 0; i < 100; i++)
            await ProduceAsync(i % 2 == 0 ? _topics.Scheduled : _topics.Cancels, $"{i}");
        Assert.False(_follower.HasCaughtUp);

        _follower.Start();
        Assert.True(await CatchUpAsync());

        Assert.True(_follower.HasCaughtUp);
        Assert.Equal(100, _read.Distinct().Count());
        Assert.Contains($"{_topics.Cancels}: 99", _read);
        Assert.Equal(0, _follower.Lag);
    }

    /// <summary>Who asks after an acknowledgement sees the record: what "everything by then" means.</summary>
    [Fact]
    public async Task What_was_acknowledged_before_the_question_is_read_before_the_answer()
    {
        _follower.Start();
        for (var i = 0; i < 20; i++)
        {
            await ProduceAsync(_topics.Scheduled, $"{i}");
            var acknowledgedAt = TimeProvider.System.GetUtcNow();

            Assert.True(await CatchUpAsync());

            Assert.Contains($"{_topics.Scheduled}: {i}", _read);
            Assert.True(_follower.ConfirmedAt >= acknowledgedAt);
        }
    }

    [Fact]
    public async Task Topics_without_records_are_caught_up_with_too()
    {
        _follower.Start();

        Assert.True(await CatchUpAsync());
        Assert.Empty(_read);
    }

    [Fact]
    public async Task Who_waits_has_a_deadline_and_an_outage_loses_nothing()
    {
        await ProduceAsync(_topics.Scheduled, "before");
        _follower.Start();
        Assert.True(await CatchUpAsync());

        _kafka.Cluster.SetDown();
        Assert.False(await _follower.CatchUpAsync(TimeSpan.FromMilliseconds(100), CancellationToken.None));
        _kafka.Cluster.SetUp();
        await ProduceAsync(_topics.Scheduled, "after");

        Assert.True(await CatchUpAsync());
        Assert.Equal([$"{_topics.Scheduled}: before", $"{_topics.Scheduled}: after"], _read);
    }

    private Task<bool> CatchUpAsync() => _follower.CatchUpAsync(TestKafka.Patience, CancellationToken.None);

    private async Task ProduceAsync(string topic, string value)
    {
        var message = new Message<byte[]?, byte[]?> { Key = Encoding.UTF8.GetBytes(value), Value = Encoding.UTF8.GetBytes(value) };
        Assert.Equal(ProduceOutcome.Acked, (await _producer.ProduceAsync(topic, message).WaitAsync(TestKafka.Patience)).Outcome);
    }
}
