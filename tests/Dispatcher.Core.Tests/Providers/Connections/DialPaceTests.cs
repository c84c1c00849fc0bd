using Dispatcher.Core.Providers.Connections;
using Dispatcher.Testing;

namespace Dispatcher.Core.Tests.Providers.Connections;

public sealed class DialPaceTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly DialPace _pace;

    public DialPaceTests() => _pace = new DialPace(TimeSpan.FromSeconds(2), _time, () => 1);

    [Fact]
    public void Connections_open_a_pace_apart()
    {
        Assert.True(_pace.MayDial(isUrgent: false));
        _pace.Begins();
        Assert.False(_pace.MayDial(isUrgent: false));

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.True(_pace.MayDial(isUrgent: false));
    }

    [Fact]
    public void A_lost_connection_is_replaced_at_once_unless_they_all_are_lost_at_once()
    {
        var dials = 0;
        for (; _pace.MayDial(isUrgent: true) && dials < 100; dials++)
            _pace.Begins();
        Assert.Equal(3, dials);

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(_pace.MayDial(isUrgent: true));
        _pace.Begins();
        Assert.False(_pace.MayDial(isUrgent: true));
    }

    [Fact]
    public void What_cannot_be_reached_is_dialled_ever_more_slowly_and_says_why_meanwhile()
    {
        var outcome = TransportFailure.NoConnection("ConnectionError");
        Assert.True(_pace.Failed(outcome));
        Assert.Same(outcome, _pace.Failure);

        var pauses = new List<double>();
        for (var i = 0; i < 6; i++)
        {
            var waited = 0;
            for (; !_pace.MayDial(isUrgent: true); waited++)
                _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Null(_pace.Failure);
            pauses.Add(waited);
            Assert.False(_pace.Failed(outcome));
        }

        Assert.Equal([1, 2, 4, 8, 10, 10], pauses);
        Assert.True(_pace.Succeeded());
        Assert.False(_pace.Succeeded());
        Assert.True(_pace.Failed(outcome));
    }
}
