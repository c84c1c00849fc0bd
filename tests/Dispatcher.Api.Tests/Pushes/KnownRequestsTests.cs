using Dispatcher.Api.Pushes;
using Dispatcher.Core.Pushes;
using Dispatcher.Testing;

namespace Dispatcher.Api.Tests.Pushes;

public sealed class KnownRequestsTests
{
    private static readonly RepeatKey Key = new("acme", RepeatKeyKind.Key, "order-42");

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_request_that_was_accepted_is_known_by_its_body()
    {
        var known = Known();
        Assert.Equal(RequestState.New, known.Begin(Key, 1, out _));
        Assert.False(known.HasAccepted(Key, 1));
        known.End(Key, problem: null, isInDoubt: false);

        Assert.True(known.HasAccepted(Key, 1));
        Assert.False(known.HasAccepted(Key, 2));
        Assert.Equal(RequestState.Accepted, known.Begin(Key, 1, out _));
        Assert.Equal(RequestState.Reused, known.Begin(Key, 2, out _));
        Assert.Equal(RequestState.New, known.Begin(Key with { Tenant = "rival" }, 2, out _));
        Assert.Equal(RequestState.New, known.Begin(Key with { Kind = RepeatKeyKind.Id }, 2, out _));
    }

    [Fact]
    public async Task While_one_is_under_way_others_wait_for_its_answer_whatever_it_is()
    {
        var known = Known();
        known.Begin(Key, 1, out _);
        Assert.Equal(RequestState.UnderWay, known.Begin(Key, 1, out var answer));
        Assert.Equal(RequestState.Reused, known.Begin(Key, 2, out _));
        Assert.False(answer.IsCompleted);

        known.End(Key, Problems.Overloaded, isInDoubt: false);

        Assert.Same(Problems.Overloaded, await answer);
    }

    [Fact]
    public void What_was_refused_leaves_its_key_free()
    {
        var known = Known();
        known.Begin(Key, 1, out _);
        known.End(Key, Problems.Overloaded, isInDoubt: false);

        Assert.Equal(0, known.Count);
        Assert.Equal(RequestState.New, known.Begin(Key, 2, out _));
    }

    [Fact]
    public void What_may_have_been_taken_keeps_its_key_and_has_another_try()
    {
        var known = Known();
        known.Begin(Key, 1, out _);
        known.End(Key, Problems.Overloaded, isInDoubt: true);

        Assert.False(known.HasAccepted(Key, 1));
        Assert.Equal(RequestState.Reused, known.Begin(Key, 2, out _));
        Assert.Equal(RequestState.New, known.Begin(Key, 1, out _));
    }

    [Fact]
    public void After_the_window_a_key_is_free()
    {
        var known = Known();
        Accept(known, Key);

        _time.Advance(TimeSpan.FromHours(24));
        Assert.True(known.HasAccepted(Key, 1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(known.HasAccepted(Key, 1));
        Assert.Equal(0, known.Count);
    }

    [Fact]
    public void One_more_than_the_bound_makes_the_oldest_go()
    {
        var known = Known(keys: 3);
        var keys = Enumerable.Range(0, 4).Select(i => Key with { Word = $"{i}" }).ToList();
        foreach (var key in keys)
            Accept(known, key);

        Assert.Equal([false, true, true, true], keys.Select(key => known.HasAccepted(key, 1)));
        Assert.Equal(3, known.Count);
    }

    /// <summary>Trap: its first end still stands in line; when that goes, what was accepted later must not go with it.</summary>
    [Fact]
    public void A_key_that_ended_twice_is_as_old_as_its_last_end()
    {
        var known = Known();
        known.Begin(Key, 1, out _);
        known.End(Key, Problems.Overloaded, isInDoubt: true);
        _time.Advance(TimeSpan.FromHours(20));
        Accept(known, Key);

        _time.Advance(TimeSpan.FromHours(20));
        Assert.True(known.HasAccepted(Key, 1));
    }

    [Fact]
    public void A_bound_of_none_remembers_none()
    {
        var known = Known(keys: 0);
        Accept(known, Key);

        Assert.Equal(RequestState.New, known.Begin(Key, 2, out _));
        Assert.Equal(1, known.Count);
    }

    [Theory]
    [InlineData(-1, "1.00:00:00", "Idempotency:Keys -1 must be 0 to 10000000.")]
    [InlineData(10_000_001, "1.00:00:00", "Idempotency:Keys 10000001 must be 0 to 10000000.")]
    [InlineData(0, "00:00:59", "Idempotency:Window 00:00:59 must be 1 min to 7 days.")]
    [InlineData(0, "7.00:00:01", "Idempotency:Window 7.00:00:01 must be 1 min to 7 days.")]
    [InlineData(0, "00:01:00", null)]
    [InlineData(10_000_000, "7.00:00:00", null)]
    public void Options_out_of_range_are_named(int keys, string window, string? problem) => Assert.Equal(
        problem, new IdempotencyOptions { Keys = keys, Window = TimeSpan.Parse(window, null) }.Validate().SingleOrDefault());

    private KnownRequests Known(int keys = 100) => new(new IdempotencyOptions { Keys = keys }, _time);

    private static void Accept(KnownRequests known, RepeatKey key)
    {
        Assert.Equal(RequestState.New, known.Begin(key, 1, out _));
        known.End(key, problem: null, isInDoubt: false);
    }
}
