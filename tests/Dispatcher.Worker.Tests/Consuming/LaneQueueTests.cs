using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Tests.Consuming;

/// <summary>Invariant 9 for the queue: its bounds hold by count and by bytes.</summary>
public sealed class LaneQueueTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly PartitionTracker _tracker = new(0);
    private long _next;

    [Fact]
    public void It_is_full_at_its_number_of_pushes()
    {
        using var queue = new LaneQueue(maxPushes: 3, maxBytes: 1_000);

        Assert.Equal(3, Fill(queue, "x"));
    }

    [Fact]
    public void It_is_full_at_its_number_of_bytes_plus_one_push_at_most()
    {
        using var queue = new LaneQueue(maxPushes: 1_000, maxBytes: 100);

        Assert.Equal(4, Fill(queue, new string('x', 30))); // 3 are 90 bytes, and one more fits in front of the bound
    }

    [Fact]
    public void A_push_above_the_bound_passes_an_empty_queue()
    {
        using var queue = new LaneQueue(maxPushes: 10, maxBytes: 100);

        Assert.Equal(1, Fill(queue, new string('x', 5_000)));
    }

    [Fact]
    public async Task It_is_half_empty_when_both_bounds_say_so()
    {
        using var queue = new LaneQueue(maxPushes: 4, maxBytes: 1_000);
        Fill(queue, "x");
        await using var taken = queue.TakeAllAsync().GetAsyncEnumerator();

        await taken.MoveNextAsync();
        Assert.True(queue.HasRoom);
        Assert.False(queue.IsHalfEmpty);
        await taken.MoveNextAsync();
        Assert.True(queue.IsHalfEmpty);
    }

    [Fact]
    public async Task Whoever_waits_for_room_wakes_when_a_push_is_taken()
    {
        using var queue = new LaneQueue(maxPushes: 1, maxBytes: 1_000);
        Fill(queue, "x");
        await using var taken = queue.TakeAllAsync().GetAsyncEnumerator();
        var waiting = Task.Run(() =>
        {
            queue.WaitUntilTaken(Patience);
            return queue.HasRoom;
        });

        Assert.True(await taken.MoveNextAsync());

        Assert.True(await waiting.WaitAsync(Patience));
    }

    [Fact]
    public async Task Many_takers_get_each_push_once_and_the_bounds_hold_all_the_time()
    {
        const int Pushes = 20_000;
        using var queue = new LaneQueue(maxPushes: 16, maxBytes: 1_000_000);
        var takers = Enumerable.Range(0, 8).Select(_ => Task.Run(TakeAsync)).ToArray();

        for (var added = 0; added < Pushes; added++)
        {
            while (!queue.HasRoom)
                queue.WaitUntilTaken(Patience);
            queue.Add(Push("x"));
            Assert.InRange(queue.Count, 0, 16);
        }

        queue.Close();
        var offsets = (await Task.WhenAll(takers).WaitAsync(Patience)).SelectMany(taken => taken).Order();
        Assert.Equal(Enumerable.Range(0, Pushes).Select(offset => (long)offset), offsets);
        Assert.Equal(0, queue.Count);

        async Task<List<long>> TakeAsync()
        {
            var taken = new List<long>();
            await foreach (var push in queue.TakeAllAsync())
                taken.Add(push.Offset);
            return taken;
        }
    }

    [Fact]
    public async Task What_is_in_it_when_it_closes_is_still_taken()
    {
        using var queue = new LaneQueue(maxPushes: 5, maxBytes: 1_000);
        Fill(queue, "x");
        queue.Close();

        var taken = 0;
        await foreach (var _ in queue.TakeAllAsync())
            taken++;

        Assert.Equal(5, taken);
    }

    private int Fill(LaneQueue queue, string value)
    {
        var added = 0;
        for (; queue.HasRoom; added++)
            queue.Add(Push(value));
        return added;
    }

    private ConsumedPush Push(string value) => Records.Push(_next++, _tracker, value);
}
