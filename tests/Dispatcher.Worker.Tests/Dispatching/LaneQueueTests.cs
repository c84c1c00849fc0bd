using System.Collections.Concurrent;
using Dispatcher.Core.Sending;
using Dispatcher.Worker.Consuming;
using Dispatcher.Worker.Dispatching;
using Dispatcher.Worker.Tests.Consuming;

namespace Dispatcher.Worker.Tests.Dispatching;

/// <summary>Invariant 9 for the queue (its bounds hold by count, by bytes and in flight), and that apps share it.</summary>
public sealed class LaneQueueTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly PartitionTracker _tracker = new(0);
    private readonly List<LaneQueue> _queues = [];
    private long _next;

    public void Dispose() => _queues.ForEach(queue => queue.Dispose());

    [Fact]
    public void It_is_full_at_its_number_of_pushes() => Assert.Equal(3, Fill(Queue(maxPushes: 3), "x"));

    [Fact]
    public void It_is_full_at_its_number_of_bytes_plus_one_push_at_most() =>
        Assert.Equal(4, Fill(Queue(maxBytes: 100), new string('x', 30))); // 3 are 90 bytes, and one more may pass the bound

    [Fact]
    public void A_push_above_the_bound_passes_an_empty_queue() => Assert.Equal(1, Fill(Queue(maxBytes: 100), new string('x', 5_000)));

    [Fact]
    public void It_is_half_empty_when_both_bounds_say_so()
    {
        var queue = Queue(maxPushes: 4);
        Fill(queue, "x");

        queue.TryTake();
        Assert.True(queue.HasRoom);
        Assert.False(queue.IsHalfEmpty);
        queue.TryTake();
        Assert.True(queue.IsHalfEmpty);
    }

    [Fact]
    public async Task Whoever_waits_for_room_wakes_when_a_push_is_taken()
    {
        var queue = Queue(maxPushes: 1);
        Fill(queue, "x");
        var waiting = Task.Run(() => queue.WaitForRoom(Patience) && queue.HasRoom);

        Assert.NotNull(queue.TryTake());

        Assert.True(await waiting.WaitAsync(Patience));
    }

    [Theory]
    [InlineData(80, 1_000_000)]
    [InlineData(1_000_000, 80)]
    public void A_pump_is_woken_for_an_eighth_of_the_queue_and_not_for_each_push(int maxPushes, long maxBytes)
    {
        var queue = Queue(maxPushes, maxBytes);
        Assert.Equal(80, Fill(queue, "x"));
        for (var taken = 1; taken < 10; taken++)
        {
            queue.TryTake();
            Assert.True(queue.HasRoom);
            Assert.False(queue.WaitForRoom(TimeSpan.Zero));
        }

        queue.TryTake();

        Assert.True(queue.WaitForRoom(TimeSpan.Zero));
    }

    [Fact]
    public void An_app_comes_out_in_its_own_order()
    {
        var queue = Queue();
        for (var i = 0; i < 10; i++)
            queue.Add(Push(i % 2 == 0 ? "a" : "b"));

        var taken = Enumerable.Range(0, 10).Select(_ => queue.TryTake()!).ToList();

        Assert.All(taken.GroupBy(push => push.App), app => Assert.Equal(app.Select(push => push.Offset).Order(), app.Select(push => push.Offset)));
    }

    [Fact]
    public void An_app_with_few_pushes_does_not_wait_behind_one_with_many()
    {
        var queue = Queue();
        for (var i = 0; i < 50; i++)
            queue.Add(Push("campaign"));
        queue.Add(Push("chat"));

        Assert.Equal(["campaign", "chat"], [queue.TryTake()!.App, queue.TryTake()!.App]);
    }

    [Fact]
    public void An_app_stays_within_its_own_limit()
    {
        var queue = Queue(limitOf: app => app == "slow" ? 2 : 100);
        for (var i = 0; i < 5; i++)
            queue.Add(Push("slow"));

        var first = queue.TryTake();
        Assert.NotNull(queue.TryTake());
        Assert.Null(queue.TryTake());
        Assert.NotNull(queue.Next(first!));
    }

    /// <summary>However slow an app is, it leaves room for others: that is why the lane has more loops than one app may have.</summary>
    [Fact]
    public void One_app_never_takes_the_whole_lane()
    {
        var queue = Queue(maxInFlight: 100);
        for (var i = 0; i < 200; i++)
            queue.Add(Push("stuck"));
        while (queue.TryTake() is not null)
        {
        }

        var stuck = queue.InFlight;
        queue.Add(Push("healthy"));

        Assert.InRange(stuck, 70, 80);
        Assert.Equal("healthy", queue.TryTake()?.App);
    }

    [Fact]
    public void What_fills_the_queue_and_may_not_go_is_evicted_once_others_are_about()
    {
        var queue = Queue(maxPushes: 10, limitOf: app => app == "stuck" ? 0 : 100);
        for (var i = 0; i < 9; i++)
            queue.Add(Push("stuck"));
        Assert.Null(queue.TryEvict());

        queue.Add(Push("healthy"));

        Assert.Equal("stuck", queue.TryEvict()?.App);
        Assert.True(queue.HasRoom);
    }

    /// <summary>A few large records fill a queue as well as many small ones do.</summary>
    [Fact]
    public void What_fills_the_queue_with_bytes_is_evicted_too()
    {
        var queue = Queue(maxBytes: 100, limitOf: app => app == "stuck" ? 0 : 100);
        queue.Add(Push("stuck", new string('x', 60)));
        queue.Add(Push("healthy", new string('x', 50)));

        Assert.False(queue.HasRoom);
        Assert.Equal("stuck", queue.TryEvict()?.App);
    }

    /// <summary>An app that hangs and was read first hides whoever is behind it in Kafka.</summary>
    [Fact]
    public void What_fills_the_queue_and_does_not_come_back_is_evicted_whoever_is_about()
    {
        var isSilent = false;
        var queue = Queue(maxPushes: 10, limitOf: _ => 2, hindranceOf: _ => isSilent ? Hindrance.Silence : Hindrance.None);
        for (var i = 0; i < 12; i++)
            queue.Add(Push("hanging"));
        queue.TryTake();
        queue.TryTake();
        Assert.Null(queue.TryEvict());

        isSilent = true;

        Assert.Equal("hanging", queue.TryEvict()?.App);
    }

    /// <summary>Invariant 14, Bulkhead: the pushes that wait for one endpoint leave most of the lane to those of the other.</summary>
    [Fact]
    public void Bulkhead_held_pushes_have_a_quarter_of_the_lane_however_many_apps_they_are_of()
    {
        var queue = Queue(maxInFlight: 100, hindranceOf: app => app == "healthy" ? Hindrance.None : Hindrance.EndpointDown);
        for (var i = 0; i < 200; i++)
            queue.Add(Push($"held-{i % 7}"));
        while (queue.TryTake() is not null)
        {
        }

        Assert.Equal(25, queue.InFlight);
        for (var i = 0; i < 50; i++)
            queue.Add(Push("healthy"));
        Assert.All(Enumerable.Range(0, 50), _ => Assert.Equal("healthy", queue.TryTake()?.App));
    }

    /// <summary>Together they fill it, though none does alone.</summary>
    [Fact]
    public void Held_pushes_that_fill_the_queue_are_evicted_while_another_endpoint_s_are_about()
    {
        var queue = Queue(maxPushes: 10, hindranceOf: app => app == "healthy" ? Hindrance.None : Hindrance.EndpointDown);
        queue.Add(Push("healthy"));
        for (var i = 0; i < 9; i++)
            queue.Add(Push($"held-{i % 3}"));
        Assert.Equal("healthy", queue.TryTake()!.App); // it has come lately, which is enough

        for (var evicted = 0; evicted < 4; evicted++)
            Assert.StartsWith("held", queue.TryEvict()?.App, StringComparison.Ordinal);
        Assert.Null(queue.TryEvict()); // half the queue is theirs
    }

    /// <summary>Invariant 10: an outage makes a backlog in Kafka, not one in the delay tiers.</summary>
    [Fact]
    public void When_everybody_waits_for_an_endpoint_the_queue_stands()
    {
        var isDown = false;
        var queue = Queue(maxPushes: 10, hindranceOf: _ => isDown ? Hindrance.EndpointDown : Hindrance.None);
        for (var i = 0; i < 10; i++)
            queue.Add(Push($"app-{i % 3}"));

        isDown = true;

        Assert.Null(queue.TryEvict());
    }

    [Fact]
    public void Who_has_not_come_for_a_queueful_is_not_about()
    {
        var queue = Queue(maxPushes: 10, hindranceOf: app => app == "healthy" ? Hindrance.None : Hindrance.EndpointDown);
        queue.Add(Push("healthy"));
        queue.Release(queue.TryTake()!);
        for (var i = 0; i < 10; i++)
            queue.Add(Push("held"));

        Assert.Null(queue.TryEvict());
    }

    [Fact]
    public void An_app_that_has_ended_is_in_nobody_s_way_until_it_comes_back()
    {
        var queue = Queue(maxPushes: 10, limitOf: app => app == "stuck" ? 0 : 100);
        queue.Add(Push("healthy"));
        Assert.Null(queue.Next(queue.TryTake()!));
        Assert.Equal((0, 0), (queue.Count, queue.InFlight));
        for (var i = 0; i < 9; i++)
            queue.Add(Push("stuck"));
        Assert.Null(queue.TryEvict());

        queue.Add(Push("healthy"));

        Assert.Equal("stuck", queue.TryEvict()?.App);
        Assert.Equal("healthy", queue.TryTake()?.App);
    }

    [Fact]
    public async Task Many_takers_get_each_push_once_and_the_bounds_hold_all_the_time()
    {
        const int Pushes = 20_000;
        var queue = Queue(maxPushes: 16, maxInFlight: 6);
        var taken = new ConcurrentBag<long>();
        using var done = new CountdownEvent(Pushes);
        var takers = Enumerable.Range(0, 8).Select(_ => Task.Run(Take)).ToArray();

        for (var added = 0; added < Pushes; added++)
        {
            while (!queue.HasRoom)
                queue.WaitForRoom(TimeSpan.FromMilliseconds(10));
            queue.Add(Push(added % 3 == 0 ? "a" : "b"));
            Assert.InRange(queue.Count, 0, 16);
        }

        await Task.WhenAll(takers).WaitAsync(Patience);
        Assert.Equal(Enumerable.Range(0, Pushes).Select(offset => (long)offset), taken.Order());
        Assert.Equal((0, 0), (queue.Count, queue.InFlight));

        void Take()
        {
            while (!done.IsSet)
            {
                for (var push = queue.TryTake(); push is not null; push = queue.Next(push))
                {
                    Assert.InRange(queue.InFlight, 1, 6);
                    taken.Add(push.Offset);
                    done.Signal();
                }
            }
        }
    }

    private LaneQueue Queue(
        int maxPushes = 1_000,
        long maxBytes = 1_000_000,
        int maxInFlight = 1_000,
        Func<string, int>? limitOf = null,
        Func<string, Hindrance>? hindranceOf = null)
    {
        var queue = new LaneQueue(
            maxPushes,
            maxBytes,
            maxInFlight,
            app => new DispatchAllowance(limitOf?.Invoke(app) ?? int.MaxValue, hindranceOf?.Invoke(app) ?? Hindrance.None));
        _queues.Add(queue);
        return queue;
    }

    private int Fill(LaneQueue queue, string value)
    {
        var added = 0;
        for (; queue.HasRoom; added++)
            queue.Add(Push(value: value));
        return added;
    }

    private ConsumedPush Push(string app = "a", string value = "x") => Records.Push(_next++, _tracker, value, app);
}
