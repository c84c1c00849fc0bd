using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Tests.Consuming;

public sealed class PauseStateTests
{
    private readonly PauseState _state = new();

    [Fact]
    public void A_partition_that_goes_while_paused_has_to_be_resumed_first()
    {
        _state.Assign(3);
        _state.Set(3, PauseReasons.Window, applies: true);
        Assert.Equal([3], _state.Reconcile().Pause);

        Assert.True(_state.Unassign(3));
    }

    [Fact]
    public void A_partition_that_comes_back_starts_without_reasons_of_its_own()
    {
        _state.Assign(3);
        _state.Set(3, PauseReasons.Window, applies: true);
        _state.Reconcile();
        _state.Unassign(3);

        _state.Assign(3);

        Assert.False(_state.Has(3, PauseReasons.Window));
        var (pause, resume) = _state.Reconcile();
        Assert.Empty(pause);
        Assert.Empty(resume);
    }

    [Fact]
    public void What_stops_the_lane_stops_partitions_that_come_later()
    {
        _state.SetAll(PauseReasons.LaneFull, applies: true);

        _state.Assign(1);

        Assert.Equal([1], _state.Reconcile().Pause);
        _state.SetAll(PauseReasons.LaneFull, applies: false);
        Assert.Equal([1], _state.Reconcile().Resume);
    }

    [Fact]
    public void The_last_reason_that_goes_resumes()
    {
        _state.Assign(1);
        _state.Set(1, PauseReasons.Window, applies: true);
        _state.SetAll(PauseReasons.LaneFull, applies: true);
        _state.Reconcile();

        _state.Set(1, PauseReasons.Window, applies: false);
        Assert.Empty(_state.Reconcile().Resume);
        _state.SetAll(PauseReasons.LaneFull, applies: false);
        Assert.Equal([1], _state.Reconcile().Resume);
    }
}
