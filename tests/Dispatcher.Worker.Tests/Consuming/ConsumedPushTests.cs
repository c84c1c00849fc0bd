using System.Buffers;
using System.Text;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Tests.Consuming;

/// <summary>Invariant 5: a push ends once, and what ends after its partition is gone changes nothing.</summary>
public sealed class ConsumedPushTests
{
    [Fact]
    public void A_second_completion_does_not_settle_the_push_that_took_its_slot()
    {
        var tracker = new PartitionTracker(0);
        var push = Add(tracker, 0);
        push.TryStart();
        push.Complete();
        tracker.Advance();
        tracker.TryAdd(PartitionTracker.Window); // the same bit, one window further on

        push.Complete();

        Assert.Equal(PartitionTracker.Window, tracker.Advance());
        Assert.Equal(0, tracker.Started);
    }

    [Fact]
    public void Abandoning_after_completing_changes_nothing()
    {
        var tracker = new PartitionTracker(0);
        var push = Add(tracker, 0);
        push.TryStart();

        push.Complete();
        push.Abandon();

        Assert.Equal((1, 0), (tracker.Advance(), tracker.Started));
    }

    [Fact]
    public void Completing_after_abandoning_settles_nothing()
    {
        var tracker = new PartitionTracker(0);
        var push = Add(tracker, 0);
        push.TryStart();

        push.Abandon();
        push.Complete();

        Assert.Equal((0, 0), (tracker.Advance(), tracker.Started));
    }

    [Fact]
    public void A_push_of_a_partition_being_given_up_does_not_start_and_stays_unsettled()
    {
        var tracker = new PartitionTracker(0);
        var push = Add(tracker, 0);
        tracker.Close();

        Assert.False(push.TryStart());
        push.Complete();

        Assert.Equal((0, 0), (tracker.Advance(), tracker.Started));
    }

    [Fact]
    public void A_push_knows_that_its_partition_is_gone()
    {
        var tracker = new PartitionTracker(0);
        var push = Add(tracker, 0);
        push.TryStart();
        tracker.Close();
        Assert.False(push.IsLost);

        tracker.Detach();

        Assert.True(push.IsLost);
    }

    /// <summary>A buffer that is given back twice is rented to two pushes at once: one would send the other's content.</summary>
    [Fact]
    public void The_buffer_is_given_back_once()
    {
        var tracker = new PartitionTracker(0);
        var value = new string('x', 5_000);
        var push = Add(tracker, 0, value);
        push.TryStart();

        push.Complete();
        push.Complete();
        push.Abandon();

        // What this thread gave back it rents first.
        var (first, second) = (ArrayPool<byte>.Shared.Rent(value.Length), ArrayPool<byte>.Shared.Rent(value.Length));
        Assert.NotSame(first, second);
        ArrayPool<byte>.Shared.Return(first);
        ArrayPool<byte>.Shared.Return(second);
    }

    [Fact]
    public async Task Of_many_ends_at_once_one_counts()
    {
        var tracker = new PartitionTracker(0);
        for (var offset = 0; offset < 2_000; offset++)
        {
            var push = Add(tracker, offset);
            push.TryStart();
            using var start = new Barrier(2);

            await Task.WhenAll(Task.Run(() => EndAfter(start, push.Complete)), Task.Run(() => EndAfter(start, push.Abandon)));

            Assert.Equal(0, tracker.Started);
            tracker.Complete(offset); // whoever was first: go on with the next
            tracker.Advance();
        }

        static void EndAfter(Barrier start, Action end)
        {
            start.SignalAndWait();
            end();
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{}")]
    public void A_copy_of_the_value_tells_nothing_from_empty(string? value)
    {
        var push = Add(new PartitionTracker(0), 0, value);

        Assert.Equal(value is null ? null : Encoding.UTF8.GetBytes(value), push.CopyValue());
        Assert.Equal(value?.Length ?? 0, push.Length);
        push.Complete();
    }

    private static ConsumedPush Add(PartitionTracker tracker, long offset, string? value = "value")
    {
        Assert.True(tracker.TryAdd(offset));
        return Records.Push(offset, tracker, value);
    }
}
