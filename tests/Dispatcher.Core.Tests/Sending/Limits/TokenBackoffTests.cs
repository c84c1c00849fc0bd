using Dispatcher.Core.Sending.Limits;
using Dispatcher.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Core.Tests.Sending.Limits;

public sealed class TokenBackoffTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly TokenBackoff _devices;

    public TokenBackoffTests() => _devices = new TokenBackoff(Pause, _time);

    [Fact]
    public void A_throttled_device_rests_and_no_other()
    {
        _devices.Throttled("a", told: null);
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.True(_devices.IsResting("a", out var wait));
        Assert.Equal(TimeSpan.FromSeconds(20), wait);
        Assert.False(_devices.IsResting("b", out _));

        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.False(_devices.IsResting("a", out _));
    }

    [Fact]
    public void The_rest_doubles_up_to_its_longest()
    {
        var rests = Enumerable.Range(0, 7).Select(_ =>
        {
            var rest = _devices.Throttled("a", told: null);
            _time.Advance(rest);
            return (int)rest.TotalSeconds;
        });

        Assert.Equal([30, 60, 120, 240, 480, 900, 900], rests);
    }

    [Fact]
    public void Answers_to_pushes_that_were_in_flight_together_count_once()
    {
        _devices.Throttled("a", told: null);

        Assert.Equal(Pause, _devices.Throttled("a", told: null));
    }

    [Fact]
    public void What_the_provider_says_is_a_lower_bound()
    {
        Assert.Equal(TimeSpan.FromMinutes(2), _devices.Throttled("a", TimeSpan.FromMinutes(2)));
        Assert.Equal(Pause, _devices.Throttled("b", TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void A_success_after_the_rest_makes_the_next_trouble_a_first_one()
    {
        _time.Advance(_devices.Throttled("a", told: null));
        _time.Advance(_devices.Throttled("a", told: null));

        _devices.Succeeded("a");

        Assert.Equal(0, _devices.Count);
        Assert.Equal(Pause, _devices.Throttled("a", told: null));
    }

    [Fact]
    public void A_success_of_what_had_left_before_does_not_end_the_rest()
    {
        _devices.Throttled("a", told: null);

        _devices.Succeeded("a");

        Assert.True(_devices.IsResting("a", out _));
    }

    [Fact]
    public void Memory_is_bounded_and_what_is_forgotten_is_counted()
    {
        for (var i = 0; i < TokenBackoff.Capacity + 5; i++)
            _devices.Throttled($"device-{i}", told: null);

        Assert.Equal(TokenBackoff.Capacity, _devices.Count);
        Assert.Equal(5, _devices.Evicted);
        Assert.False(_devices.IsResting("device-4", out _));
        Assert.True(_devices.IsResting("device-5", out _));
    }

    /// <summary>The model: per device an instant and a length, that doubles when it is throttled after its rest and is forgotten when it succeeds then.</summary>
    [Fact]
    public void Behaves_as_a_table_of_rests() => Prop.ForAll(Steps.Any<(byte Action, byte Device, byte Seconds)>(), steps =>
    {
        var time = new FakeTimeProvider();
        var devices = new TokenBackoff(Pause, time);
        var model = new Dictionary<string, (DateTimeOffset Until, TimeSpan Length)>();
        foreach (var (action, number, seconds) in steps)
        {
            time.Advance(TimeSpan.FromSeconds(seconds));
            var (device, now) = ($"{number % 3}", time.GetUtcNow());
            var isKnown = model.TryGetValue(device, out var rest);
            switch (action % 4)
            {
                case 0 or 1:
                    TimeSpan? told = action % 4 == 0 ? null : TimeSpan.FromSeconds(action);
                    var length = !isKnown ? Pause : now < rest.Until ? rest.Length : Shorter(rest.Length * 2, TokenBackoff.LongestPause);
                    var wait = told > length ? told.Value : length;
                    model[device] = (now + wait, length);
                    if (devices.Throttled(device, told) != wait)
                        return false;
                    break;
                case 2:
                    if (isKnown && rest.Until <= now)
                        model.Remove(device);
                    devices.Succeeded(device);
                    break;
                default:
                    var isResting = isKnown && rest.Until > now;
                    if (devices.IsResting(device, out var left) != isResting || (isResting && left != rest.Until - now))
                        return false;
                    break;
            }

            if (devices.Count != model.Count)
                return false;
        }

        return true;
    }).QuickCheckThrowOnFailure();

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
