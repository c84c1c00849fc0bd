using Dispatcher.Core.Pushes;
using Dispatcher.Worker.Consuming;
using Dispatcher.Worker.Dispatching;

namespace Dispatcher.Worker.Tests.Dispatching;

/// <summary>Invariant 11 (never early, nobody waits for a record that is due later) and invariant 9 for the delay tiers (bounds).</summary>
public sealed class DelaySinkTests : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly DelayWorld _world = new(roomInLane: 20_000);

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_push_leaves_when_it_is_due_and_not_before()
    {
        var push = _world.Add(_world.Now.AddSeconds(10));

        _world.Time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        _world.Sink.Tick();
        Assert.Empty(_world.Serve());

        _world.Time.Advance(TimeSpan.FromTicks(1));
        _world.Sink.Tick();
        Assert.Same(push, Assert.Single(_world.Serve()));
    }

    [Fact]
    public void A_push_that_is_due_much_later_leaves_with_its_tier_and_delays_nobody()
    {
        var soon = _world.Now.AddSeconds(10);
        var far = _world.Add(_world.Now.AddDays(30), leavesAt: soon);
        var near = _world.Add(soon.AddSeconds(-5));

        _world.Time.Advance(TimeSpan.FromSeconds(5));
        _world.Sink.Tick();
        Assert.Same(near, Assert.Single(_world.Serve()));

        _world.Time.Advance(TimeSpan.FromSeconds(5));
        _world.Sink.Tick();
        Assert.Same(far, Assert.Single(_world.Serve()));
    }

    /// <summary>Whatever a record says about its tier: what is due is due.</summary>
    [Fact]
    public void A_push_never_waits_longer_than_until_it_is_due()
    {
        _world.Add(_world.Now.AddSeconds(1), leavesAt: DateTimeOffset.MaxValue);

        _world.Time.Advance(TimeSpan.FromSeconds(1));
        _world.Sink.Tick();

        Assert.Single(_world.Serve());
    }

    [Fact]
    public void The_next_tick_is_when_the_next_push_leaves_or_a_poll_time_away()
    {
        Assert.Equal(Poll, _world.Sink.Tick());
        _world.Add(_world.Now.AddMilliseconds(250));
        Assert.Equal(Poll, _world.Sink.Tick());
        _world.Add(_world.Now.AddMilliseconds(40));
        Assert.Equal(TimeSpan.FromMilliseconds(40), _world.Sink.Tick());

        _world.Time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(TimeSpan.FromMilliseconds(50), _world.Sink.Tick());
    }

    [Fact]
    public void What_finds_its_lane_full_waits_for_room_and_is_not_asked_for_in_a_busy_loop()
    {
        using var world = new DelayWorld(roomInLane: 2);
        for (var i = 0; i < 5; i++)
            world.Add(world.Now);

        world.Sink.Tick();
        Assert.Equal(2, world.Queued);

        Assert.Equal(Poll, world.Sink.Tick());
        world.Serve();
        world.Sink.Tick();
        Assert.Equal(2, world.Queued);
    }

    /// <summary>The lane's loops find out that it has no headers of ours, and keep it as a dead letter.</summary>
    [Fact]
    public void A_record_of_somebody_elses_leaves_at_once()
    {
        _world.Add(delay: null);

        _world.Sink.Tick();

        Assert.Single(_world.Serve());
    }

    [Fact]
    public void A_tier_is_full_at_its_number_of_pushes_and_the_other_is_not()
    {
        Assert.Equal(DelaySink.MaxPerTier, Fill(tier: 0, length: 1));
        Assert.False(_world.Sink.HasRoom(0));
        Assert.True(_world.Sink.HasRoom(1));
    }

    [Fact]
    public void A_tier_is_full_at_its_number_of_bytes_plus_one_push_at_most()
    {
        var length = PushLimits.MaxRecordBytes - 1;
        Assert.Equal((DelaySink.MaxBytesPerTier / length) + 1, Fill(tier: 1, length));
        Assert.True(_world.Sink.HasRoom(0));
    }

    [Fact]
    public void A_tier_resumes_at_half_its_bound()
    {
        for (var i = 0; i < DelaySink.MaxPerTier; i++)
            _world.Add(_world.Now.AddSeconds(i < (DelaySink.MaxPerTier / 2) - 1 ? 1 : i == DelaySink.MaxPerTier - 1 ? 2 : 3));

        _world.Time.Advance(TimeSpan.FromSeconds(1));
        _world.Sink.Tick();
        Assert.True(_world.Sink.HasRoom(0));
        Assert.False(_world.Sink.IsHalfEmpty(0));

        _world.Time.Advance(TimeSpan.FromSeconds(1));
        _world.Sink.Tick();
        Assert.True(_world.Sink.IsHalfEmpty(0));
    }

    [Fact]
    public void What_goes_with_its_partition_makes_room_for_as_much()
    {
        const int gone = 2_000;
        for (var i = 0; i < DelaySink.MaxPerTier; i++)
            _world.Add(_world.Now.AddSeconds(1), partition: i < gone ? 1 : 0);
        Assert.False(_world.Sink.HasRoom(0));

        _world.GiveUp(new PartitionKey(0, 1));

        Assert.Equal(gone, Fill(tier: 0, length: 1));
        _world.Time.Advance(TimeSpan.FromHours(1));
        _world.Sink.Tick();
        Assert.Equal(DelaySink.MaxPerTier, _world.Serve().Count);
    }

    [Fact]
    public void What_goes_with_its_partition_has_ended()
    {
        var gone = _world.Add(_world.Now, partition: 1);
        var kept = _world.Add(_world.Now, partition: 0);

        _world.GiveUp(new PartitionKey(0, 1));
        _world.Sink.Tick();

        Assert.Same(kept, Assert.Single(_world.Serve()));
        Assert.False(gone.TryStart());
        Assert.True(kept.TryStart());
    }

    private int Fill(int tier, int length)
    {
        var count = 0;
        for (; _world.Sink.HasRoom(tier); count++)
            _world.Add(_world.Now.AddSeconds(1), tier: tier, length: length);
        return count;
    }
}
