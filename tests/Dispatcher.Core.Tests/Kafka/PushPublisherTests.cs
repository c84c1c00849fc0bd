using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Tests.Providers;

namespace Dispatcher.Core.Tests.Kafka;

public sealed class PushPublisherTests : IDisposable
{
    private static readonly Lane ApnsUrgent = new(Provider.Apns, PushClass.Urgent);
    private static readonly TopicNames Topics = new(TopicNames.DefaultPrefix);

    private readonly TestKafka _kafka = new();

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public async Task Each_push_goes_to_its_lane_as_it_is()
    {
        using var producer = _kafka.Producer();
        var pushes = Lane.All.Select(lane => (Push(lane.Name), lane)).ToList();

        var answer = await new PushPublisher(producer, Topics).PublishAsync(pushes);

        Assert.True(answer.IsAcked);
        Assert.Equal(4, answer.Records.Count);
        Assert.All(pushes, pair =>
        {
            var record = Assert.Single(_kafka.Read(Topics.Pushes(pair.lane), 1)).Message;
            Assert.Null(record.Key);
            Assert.True(PushJson.TryDecode(record.Value, DateTimeOffset.UnixEpoch, out var read, out _));
            Assert.Equal(pair.Item1, read);
        });
    }

    [Fact]
    public async Task A_record_that_is_there_already_goes_to_its_lane_as_it_is_and_counts_like_any_other()
    {
        using var producer = _kafka.Producer();
        var publisher = new PushPublisher(producer, Topics);
        var record = new Message<byte[]?, byte[]?> { Key = "k"u8.ToArray(), Value = "{}"u8.ToArray(), Headers = new Headers { { "order", "42"u8.ToArray() } } };

        Assert.Equal(ProduceOutcome.Acked, (await publisher.PublishAsync(ApnsUrgent, record)).Outcome);
        var read = Assert.Single(_kafka.Read(Topics.Pushes(ApnsUrgent), 1)).Message;
        Assert.Equal(record.Key, read.Key);
        Assert.Equal(record.Value, read.Value);
        Assert.Equal("42"u8.ToArray(), read.Headers.GetLastBytes("order"));

        var tooMuch = new Message<byte[]?, byte[]?> { Value = new byte[ProducerSettings.QueueBytes] };
        Assert.Equal(ErrorCode.Local_QueueFull, (await publisher.PublishAsync(ApnsUrgent, tooMuch)).Code);
    }

    [Fact]
    public async Task The_answer_comes_after_every_ack()
    {
        using var producer = _kafka.Producer();
        _kafka.Cluster.SetDown();

        var publishing = new PushPublisher(producer, Topics).PublishAsync(Pushes(1000));
        Assert.False(publishing.IsCompleted);
        _kafka.Cluster.SetUp();

        Assert.True((await publishing.WaitAsync(TestKafka.Patience)).IsAcked);
        Assert.Equal(1000, _kafka.Count(Topics.Pushes(ApnsUrgent)));
    }

    [Fact]
    public async Task Answers_are_in_the_order_of_the_pushes()
    {
        using var producer = _kafka.Producer(("message.max.bytes", "2000"));
        var large = Push("large") with { CollapseKey = new string('x', 4000) };

        var answer = await new PushPublisher(producer, Topics).PublishAsync([(Push("a"), ApnsUrgent), (large, ApnsUrgent), (Push("b"), ApnsUrgent)]);

        Assert.Equal([ProduceOutcome.Acked, ProduceOutcome.Refused, ProduceOutcome.Acked], answer.Records.Select(record => record.Outcome));
        Assert.False(answer.IsAcked);
    }

    [Fact]
    public async Task When_kafka_is_down_each_push_is_refused_within_the_timeout()
    {
        using var producer = _kafka.Producer(TestKafka.ShortTimeout);
        _kafka.Cluster.SetDown();

        var answer = await new PushPublisher(producer, Topics).PublishAsync(Pushes(3)).WaitAsync(TestKafka.Patience);

        Assert.All(answer.Records, record => Assert.Equal(ProduceOutcome.Refused, record.Outcome));
        Assert.Equal(3, answer.Records.Count);
    }

    [Fact]
    public async Task Above_four_fifths_of_the_queue_s_records_a_request_is_refused_whole()
    {
        using var producer = _kafka.Producer();
        var publisher = new PushPublisher(producer, Topics);
        _kafka.Cluster.SetDown();
        var waiting = Enumerable.Range(0, 79).Select(_ => publisher.PublishAsync(Pushes(1000))).ToList();
        waiting.Add(publisher.PublishAsync(Pushes(999)));

        var tooMuch = publisher.PublishAsync(Pushes(2));

        Assert.True(tooMuch.IsCompleted);
        Assert.Same(PublishAnswer.QueueFull, await tooMuch);
        waiting.Add(publisher.PublishAsync(Pushes(1))); // what was refused holds no place
        Assert.False(waiting[^1].IsCompleted);

        _kafka.Cluster.SetUp();
        Assert.All(await Task.WhenAll(waiting).WaitAsync(TestKafka.Patience), answer => Assert.True(answer.IsAcked));
        Assert.True((await publisher.PublishAsync(Pushes(2))).IsAcked); // nor does what was answered
    }

    [Fact]
    public async Task Above_four_fifths_of_the_queue_s_bytes_a_request_is_refused_whole()
    {
        using var producer = _kafka.Producer();
        var publisher = new PushPublisher(producer, Topics);
        var large = Push("large") with { CollapseKey = new string('x', 60_000) };

        var answer = await publisher.PublishAsync([.. Enumerable.Repeat((large, ApnsUrgent), 1000)]);

        Assert.Same(PublishAnswer.QueueFull, answer);
        Assert.Equal(0, _kafka.Count(Topics.Pushes(ApnsUrgent)));
        Assert.True((await publisher.PublishAsync(Pushes(1))).IsAcked);
    }

    private static List<(PushNotification Push, Lane Lane)> Pushes(int count) => [.. Enumerable.Repeat((Push("Hello"), ApnsUrgent), count)];

    private static PushNotification Push(string title) => Samples.ApnsPush(new() { Title = title });
}
