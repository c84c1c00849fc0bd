using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Tests.Consuming;

public sealed class PauseStateTests
{
    private static readonly PartitionKey P1 = new(0, 1);
    private static readonly PartitionKey P3 = new(0, 3);

    private readonly PauseState _state = new();

    [Fact]
    public void A_partition_that_goes_while_paused_has_to_be_resumed_first()
    {
        _state.Assign(P3);
        _state.Set(P3, PauseReasons.Window, applies: true);
        Assert.Equal([P3], _state.Reconcile().Pause);

        Assert.True(_state.Unassign(P3));
    }

    [Fact]
    public void A_partition_that_comes_back_starts_without_reasons_of_its_own()
    {
        _state.Assign(P3);
        _state.Set(P3, PauseReasons.Window, applies: true);
        _state.Reconcile();
        _state.Unassign(P3);

        _state.Assign(P3);

        Assert.False(_state.Has(P3, PauseReasons.Window));
        var (pause, resume) = _state.Reconcile();
        Assert.Empty(pause);
        Assert.Empty(resume);
    }

    [Fact]
    public void What_stops_the_lane_stops_partitions_that_come_later()
    {
        _state.SetAll(PauseReasons.Full, applies: true);

        _state.Assign(P1);

        Assert.Equal([P1], _state.Reconcile().Pause);
        _state.SetAll(PauseReasons.Full, applies: false);
        Assert.Equal([P1], _state.Reconcile().Resume);
    }

    [Fact]
    public void The_last_reason_that_goes_resumes()
    {
        _state.Assign(P1);
        _state.Set(P1, PauseReasons.Window, applies: true);
        _state.SetAll(PauseReasons.Full, applies: true);
        _state.Reconcile();

        _state.Set(P1, PauseReasons.Window, applies: false);
        Assert.Empty(_state.Reconcile().Resume);
        _state.SetAll(PauseReasons.Full, applies: false);
        Assert.Equal([P1], _state.Reconcile().Resume);
    }
}
