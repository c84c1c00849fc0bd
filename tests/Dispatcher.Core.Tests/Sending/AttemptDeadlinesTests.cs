using Dispatcher.Core.Sending;
using Dispatcher.Testing;

namespace Dispatcher.Core.Tests.Sending;

public sealed class AttemptDeadlinesTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    private readonly FakeTimeProvider _time = new();
    private readonly AttemptDeadlines _deadlines;

    public AttemptDeadlinesTests() => _deadlines = new AttemptDeadlines(_time);

    [Fact]
    public void A_deadline_is_never_early()
    {
        var token = Begin().Token;

        _time.Advance(Timeout - TimeSpan.FromTicks(1));
        Assert.False(token.IsCancellationRequested);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.True(token.IsCancellationRequested);
    }

    [Fact]
    public void Deadlines_that_follow_closely_are_at_most_a_tenth_of_a_second_late()
    {
        var tokens = new List<CancellationToken>();
        for (var attempt = 0; attempt < 50; attempt++, _time.Advance(TimeSpan.FromMilliseconds(7)))
            tokens.Add(Begin().Token);

        _time.Advance(Timeout - TimeSpan.FromMilliseconds(50 * 7));
        for (var passed = 0; passed <= 500; passed++, _time.Advance(TimeSpan.FromMilliseconds(1)))
        {
            for (var attempt = 0; attempt < tokens.Count; attempt++)
            {
                var late = TimeSpan.FromMilliseconds(passed - (attempt * 7));
                if (tokens[attempt].IsCancellationRequested)
                    Assert.True(late >= TimeSpan.Zero, $"{attempt} is early");
                else
                    Assert.True(late < AttemptDeadlines.Lateness, $"{attempt} is late");
            }
        }

        Assert.All(tokens, token => Assert.True(token.IsCancellationRequested));
    }

    [Fact]
    public void A_shorter_timeout_does_not_wait_for_the_longer_ones_before_it()
    {
        var former = Begin().Token;
        var shorter = Begin(TimeSpan.FromSeconds(1)).Token;

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((false, true), (former.IsCancellationRequested, shorter.IsCancellationRequested));
    }

    [Fact]
    public void An_attempt_that_has_ended_has_no_deadline_and_leaves_no_timer()
    {
        var (first, second) = (Begin(), Begin());
        var token = first.Token;

        _deadlines.End(first);
        Assert.Equal(1, _time.ArmedTimers);
        _deadlines.End(second);
        Assert.Equal(0, _time.ArmedTimers);

        _time.Advance(Timeout * 2);
        Assert.False(token.IsCancellationRequested);
    }

    [Fact]
    public void A_token_serves_again_until_it_has_fired()
    {
        var first = Begin();
        var token = first.Token;
        _deadlines.End(first);
        Assert.Equal(token, Begin().Token);

        _time.Advance(Timeout);
        Assert.True(token.IsCancellationRequested);
        _deadlines.End(first);

        Assert.NotEqual(token, Begin().Token);
    }

    [Fact]
    public void What_a_provider_leaves_behind_does_not_hear_of_the_next_attempt()
    {
        var fired = false;
        var first = Begin();
        first.Token.Register(() => fired = true);
        _deadlines.End(first);

        var next = Begin().Token;
        _time.Advance(Timeout);

        Assert.Equal((true, false), (next.IsCancellationRequested, fired));
    }

    [Fact]
    public async Task Whoever_gives_up_ends_his_attempts_at_once_and_no_others()
    {
        using var lane = new CancellationTokenSource();
        using var other = new CancellationTokenSource();
        var (his, others) = (Begin(givenUp: lane.Token).Token, Begin(givenUp: other.Token).Token);

        await lane.CancelAsync();
        Assert.Equal((true, false), (his.IsCancellationRequested, others.IsCancellationRequested));

        Assert.True(Begin(givenUp: lane.Token).Token.IsCancellationRequested);
        await other.CancelAsync();
        Assert.True(others.IsCancellationRequested);
    }

    /// <summary>Bound: whoever comes after a caller without attempts takes its place.</summary>
    [Fact]
    public async Task Callers_that_come_and_go_are_all_heard()
    {
        for (var caller = 0; caller < 100; caller++)
        {
            using var givenUp = new CancellationTokenSource();
            var (ended, begun) = (Begin(givenUp: givenUp.Token), Begin(givenUp: givenUp.Token));
            _deadlines.End(ended);
            var token = begun.Token;

            await givenUp.CancelAsync();

            Assert.True(token.IsCancellationRequested);
            _deadlines.End(begun);
        }
    }

    [Fact]
    public async Task No_attempt_of_many_threads_ends_by_another_s_deadline()
    {
        var strayed = 0;
        using var over = new CancellationTokenSource();
        var clock = Task.Run(() =>
        {
            while (!over.IsCancellationRequested)
                _time.Advance(TimeSpan.FromMilliseconds(1));
        });

        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var attempt = 0; attempt < 5_000; attempt++)
            {
                var isShort = (attempt + thread) % 3 == 0;
                var deadline = Begin(isShort ? TimeSpan.FromMilliseconds(1) : TimeSpan.FromDays(1));
                var token = deadline.Token;
                Thread.Yield();
                if (!isShort && token.IsCancellationRequested)
                    Interlocked.Increment(ref strayed);
                _deadlines.End(deadline);
            }
        })));
        await over.CancelAsync();
        await clock;

        Assert.Equal(0, strayed);
        Assert.Equal(0, _time.ArmedTimers);
    }

    private AttemptDeadline Begin(TimeSpan? timeout = null, CancellationToken givenUp = default) =>
        _deadlines.Begin(_time.GetTimestamp(), timeout ?? Timeout, givenUp);
}
