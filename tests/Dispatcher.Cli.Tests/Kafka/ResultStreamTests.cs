using System.Collections.Concurrent;
using Confluent.Kafka;
using Dispatcher.Cli.Kafka;

namespace Dispatcher.Cli.Tests.Kafka;

public sealed class ResultStreamTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly InMemoryTopics _topics = new();

    public void Dispose() => _topics.Dispose();

    [Fact]
    public async Task It_sees_what_comes_after_its_start_on_every_partition_and_nothing_older()
    {
        await _topics.ProduceAsync(Some.Result(Guid.AllBitsSet));
        var seen = new ConcurrentQueue<Guid>();
        var three = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var offsets = new TopicOffsets(_topics.Connection);
        using var stream = await ResultStream.FollowAsync(_topics.Connection, offsets, result =>
        {
            seen.Enqueue(result.Id);
            if (seen.Count == 3)
                three.SetResult();
        });
        for (var partition = 0; partition < 3; partition++)
            await _topics.ProduceAsync(Some.Result(Some.Id), partition);

        await three.Task.WaitAsync(Deadline);
        Assert.Equal([Some.Id, Some.Id, Some.Id], seen);
    }

    [Fact]
    public async Task A_record_that_is_no_result_does_not_stop_it()
    {
        var seen = new TaskCompletionSource<Guid>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var offsets = new TopicOffsets(_topics.Connection);
        using var stream = await ResultStream.FollowAsync(_topics.Connection, offsets, result => seen.SetResult(result.Id));
        await _topics.ProduceAsync(_topics.Connection.Topics.Results, 0, new Message<byte[]?, byte[]?> { Value = "nonsense"u8.ToArray() });
        await _topics.ProduceAsync(Some.Result(Some.Id));
        Assert.Equal(Some.Id, await seen.Task.WaitAsync(Deadline));
    }

    [Fact]
    public async Task Offsets_are_known_of_every_partition_and_missing_topics_have_none()
    {
        await _topics.ProduceAsync(Some.Result(Some.Id), partition: 1);
        using var offsets = new TopicOffsets(_topics.Connection);
        var ends = await offsets.EndsAsync(_topics.Connection.Topics.Results, "no.such.topic");
        Assert.Equal([0L, 1L, 0L], ends.OrderBy(end => end.Key.Partition.Value).Select(end => end.Value));
        Assert.Empty(await offsets.CommittedAsync("nobody", _topics.Connection.Topics.Results));
    }
}
