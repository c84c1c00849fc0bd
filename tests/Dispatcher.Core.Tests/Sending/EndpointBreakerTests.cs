using Dispatcher.Core.Sending;
using Dispatcher.Testing;

namespace Dispatcher.Core.Tests.Sending;

public sealed class EndpointBreakerTests
{
    private static readonly TimeSpan Break = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly EndpointBreaker _breaker;

    public EndpointBreakerTests() => _breaker = new EndpointBreaker(() => Break, _time);

    [Fact]
    public void One_push_probes_when_the_time_is_up_and_another_when_it_hangs()
    {
        Open();
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(_breaker.TryPass(out _, out var wait));
        Assert.Equal(TimeSpan.FromSeconds(1), wait);

        _time.Advance(wait);
        Assert.True(_breaker.TryPass(out _, out _));
        Assert.False(_breaker.TryPass(out _, out wait));
        Assert.Equal(Break, wait);

        _time.Advance(Break);
        Assert.True(_breaker.TryPass(out _, out _));
    }

    [Fact]
    public void A_probe_that_is_answered_closes_it()
    {
        var probe = Probe();

        Assert.Equal(BreakerTurn.Closed, _breaker.Concluded(probe, Blame.Nobody, answered: true));
        Assert.False(_breaker.IsDown);
    }

    [Fact]
    public void A_probe_that_fails_opens_it_for_as_long_again()
    {
        var probe = Probe();

        Assert.Equal(BreakerTurn.Opened, _breaker.Concluded(probe, Blame.Endpoint, answered: false));
        Assert.False(_breaker.TryPass(out _, out var wait));
        Assert.Equal(Break, wait);
    }

    [Fact]
    public void A_probe_that_fails_for_its_own_app_alone_closes_it() =>
        Assert.Equal(BreakerTurn.Closed, _breaker.Concluded(Probe(), Blame.App, answered: false));

    /// <summary>A stream that was not free, a push that was given up: the next one probes, and at once.</summary>
    [Fact]
    public void A_probe_that_proves_nothing_neither_closes_it_nor_costs_time()
    {
        var probe = Probe();

        Assert.Equal(BreakerTurn.None, _breaker.Concluded(probe, Blame.Nobody, answered: false));
        Assert.True(_breaker.IsDown);
        Assert.True(_breaker.TryPass(out _, out _));
        Assert.False(_breaker.TryPass(out _, out _));
    }

    /// <summary>An outage leaves attempts behind that end with its end, and they say nothing about the time after it.</summary>
    [Fact]
    public void Attempts_from_before_its_last_turn_have_no_say()
    {
        Assert.True(_breaker.TryPass(out var before, out _));
        var probe = Probe();
        Assert.Equal(BreakerTurn.None, _breaker.Concluded(before, Blame.Nobody, answered: true));
        Assert.True(_breaker.IsDown);

        _breaker.Concluded(probe, Blame.Nobody, answered: true);
        Assert.Equal(BreakerTurn.None, _breaker.Concluded(before, Blame.Endpoint, answered: false));
        Assert.False(_breaker.IsDown);
    }

    private void Open()
    {
        Assert.True(_breaker.TryPass(out var pass, out _));
        Assert.Equal(BreakerTurn.Opened, _breaker.Concluded(pass, Blame.Endpoint, answered: false));
    }

    private int Probe()
    {
        Open();
        _time.Advance(Break);
        Assert.True(_breaker.TryPass(out var pass, out _));
        return pass;
    }
}
