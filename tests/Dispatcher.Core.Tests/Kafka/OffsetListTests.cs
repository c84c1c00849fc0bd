using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Dispatcher.Core.Kafka;
using Dispatcher.Simulator.Kafka;

namespace Dispatcher.Core.Tests.Kafka;

/// <summary>What Confluent.Kafka keeps to itself of librdkafka, against a real consumer of it.</summary>
public sealed class OffsetListTests : IDisposable
{
    private const int MaxLength = 2762; // of what a sparse commit says; librdkafka does not care

    private readonly TestKafka _kafka = new();
    private readonly IConsumer<Ignore, Ignore> _consumer;

    public OffsetListTests() => _consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig
    {
        BootstrapServers = _kafka.Cluster.BootstrapServers,
        GroupId = "tests",
        EnableAutoOffsetStore = false,
        AutoCommitIntervalMs = 60_000,
    }).SetLogHandler((_, _) => { }).Build();

    private static TopicPartition Partition => new("push.apns.urgent", 0);

    public void Dispose()
    {
        _consumer.Dispose();
        _kafka.Dispose();
    }

    /// <summary>Whoever frees what of a list: freed twice, or read after that, this ends the process.</summary>
    [Fact]
    public async Task Ten_thousand_stores_free_everything_once_and_the_last_one_is_committed_on_close()
    {
        _consumer.Assign(Partition);
        byte[] metadata = [];
        for (var offset = 1; offset <= 10_000; offset++)
        {
            metadata = [.. Enumerable.Repeat((byte)('a' + (offset % 26)), offset % (MaxLength + 1))];
            using var list = new OffsetList(_consumer.Handle);
            list.Add(Partition, offset, metadata);
            list.Store();
            if (offset % 100 == 0)
                list.Commit(); // copies once more, for another thread
        }

        _consumer.Close();

        var (_, committed, text) = Assert.Single(await CommittedAsync());
        Assert.Equal(10_000, committed);
        Assert.Equal(metadata, text);
    }

    [Fact]
    public void A_store_for_a_partition_that_is_not_assigned_is_refused()
    {
        using var list = new OffsetList(_consumer.Handle);
        list.Add(Partition, 1, "metadata"u8);

        Assert.Equal(ErrorCode.Local_UnknownPartition, Assert.Throws<KafkaException>(list.Store).Error.Code);

        _consumer.Assign(Partition);
        list.Store();
        _consumer.Unassign();
        Assert.Equal(ErrorCode.Local_State, Assert.Throws<KafkaException>(list.Store).Error.Code);
    }

    [Fact]
    public async Task A_commit_that_is_waited_for_is_there_and_a_refused_one_is_said()
    {
        using var list = new OffsetList(_consumer.Handle);
        list.Add(Partition, 7, "seven"u8);
        await Task.Run(list.CommitAndWait).WaitAsync(TestKafka.Patience);

        var (_, committed, text) = Assert.Single(await CommittedAsync());
        Assert.Equal((7, "seven"), (committed, System.Text.Encoding.UTF8.GetString(text)));

        _kafka.Cluster.FailNext(KafkaApi.OffsetCommit, 29); // TOPIC_AUTHORIZATION_FAILED
        var refused = await Assert.ThrowsAsync<KafkaException>(() => Task.Run(list.CommitAndWait)).WaitAsync(TestKafka.Patience);
        Assert.Equal(ErrorCode.TopicAuthorizationFailed, refused.Error.Code);
    }

    [Fact]
    public async Task Nothing_is_said_of_a_partition_without_a_commit() => Assert.Empty(await CommittedAsync());

    [Fact]
    public void This_version_of_the_client_has_every_call() => Assert.Null(OffsetList.Problem());

    [Fact]
    public void A_client_without_the_calls_is_refused_with_a_line()
    {
        var problem = LibrdkafkaBindings.Problem(typeof(OtherBindings));

        Assert.Contains("renamed", problem, StringComparison.Ordinal);
    }

    private Task<List<(TopicPartition, long, byte[])>> CommittedAsync() => Task.Run(() =>
    {
        using var reader = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = _kafka.Cluster.BootstrapServers, GroupId = "tests" })
            .SetLogHandler((_, _) => { }).Build();
        using var list = new OffsetList(reader.Handle);
        list.Add(Partition);
        return list.Committed(TestKafka.Patience);
    });

    private static class OtherBindings
    {
        [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "renamed")]
        public static extern nint Call([UnsafeAccessorType("Confluent.Kafka.Impl.Librdkafka, Confluent.Kafka")] object? bindings, nint list);
    }
}
