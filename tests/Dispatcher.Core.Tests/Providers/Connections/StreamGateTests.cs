using Dispatcher.Core.Providers.Connections;

namespace Dispatcher.Core.Tests.Providers.Connections;

public sealed class StreamGateTests
{
    [Fact]
    public async Task Lets_in_as_many_as_its_limit_without_a_wait()
    {
        var gate = new StreamGate(2);

        Assert.True(await Now(gate.EnterAsync(default)));
        Assert.True(await Now(gate.EnterAsync(default)));
        Assert.False(gate.EnterAsync(default).IsCompleted);
        Assert.Equal(3, gate.Load);
    }

    [Fact]
    public async Task A_stream_given_back_goes_to_who_waits_longest()
    {
        var gate = new StreamGate(1);
        await gate.EnterAsync(default);
        var first = gate.EnterAsync(default).AsTask();
        var second = gate.EnterAsync(default).AsTask();

        Assert.False(gate.Leave());

        Assert.True(await first);
        Assert.False(second.IsCompleted);
        Assert.Equal(2, gate.Load);
    }

    [Fact]
    public async Task A_narrow_gate_lets_in_one_until_it_is_widened()
    {
        var gate = new StreamGate(3);
        gate.Narrow();
        Assert.True(await Now(gate.EnterAsync(default)));
        var second = gate.EnterAsync(default).AsTask();
        var third = gate.EnterAsync(default).AsTask();
        Assert.False(second.IsCompleted);

        gate.Widen();

        Assert.True(await second);
        Assert.True(await third);
    }

    [Fact]
    public async Task Narrowed_while_streams_are_in_use_it_lets_in_nobody_until_they_are_back()
    {
        var gate = new StreamGate(2);
        await gate.EnterAsync(default);
        await gate.EnterAsync(default);
        gate.Narrow();
        var waiting = gate.EnterAsync(default).AsTask();

        gate.Leave();
        Assert.False(waiting.IsCompleted);
        gate.Leave();

        Assert.True(await waiting);
    }

    [Fact]
    public void Only_a_free_stream_is_taken_without_waiting()
    {
        var gate = new StreamGate(1);

        Assert.True(gate.TryEnter());
        Assert.False(gate.TryEnter());
        gate.Leave();
        Assert.True(gate.TryEnter());
        gate.Close();
        Assert.False(gate.TryEnter());
    }

    [Fact]
    public async Task A_wait_ends_with_its_token_and_leaves_no_trace()
    {
        var gate = new StreamGate(1);
        await gate.EnterAsync(default);
        using var deadline = new CancellationTokenSource();
        var waiting = gate.EnterAsync(deadline.Token).AsTask();

        await deadline.CancelAsync();

        Assert.False(await waiting);
        Assert.Equal(1, gate.Load);
        gate.Leave();
        Assert.Equal(0, gate.Load);
        Assert.True(await Now(gate.EnterAsync(default)));
    }

    [Fact]
    public async Task A_closed_gate_sends_away_who_waits_and_who_comes()
    {
        var gate = new StreamGate(1);
        await gate.EnterAsync(default);
        var waiting = gate.EnterAsync(default).AsTask();

        Assert.False(gate.Close());

        Assert.False(await waiting);
        Assert.False(await Now(gate.EnterAsync(default)));
        Assert.True(gate.Leave());
    }

    [Fact]
    public void A_closed_gate_without_streams_says_so() => Assert.True(new StreamGate(1).Close());

    [Fact]
    public async Task Under_contention_never_more_than_the_limit_are_inside_and_everybody_gets_in()
    {
        var gate = new StreamGate(3);
        var inside = 0;
        var most = 0;
        var entered = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
            {
                Assert.True(await gate.EnterAsync(default));
                InterlockedMax(ref most, Interlocked.Increment(ref inside));
                await Task.Yield();
                Interlocked.Increment(ref entered);
                Interlocked.Decrement(ref inside);
                gate.Leave();
            }
        }))).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(4000, entered);
        Assert.InRange(most, 1, 3);
        Assert.Equal(0, gate.Load);
    }

    private static ValueTask<bool> Now(ValueTask<bool> task)
    {
        Assert.True(task.IsCompleted);
        return task;
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
