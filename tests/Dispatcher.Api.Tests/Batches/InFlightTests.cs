using Dispatcher.Api.Batches;

namespace Dispatcher.Api.Tests.Batches;

public sealed class InFlightTests
{
    [Fact]
    public async Task A_line_waits_until_half_is_free()
    {
        var inFlight = new InFlight(maxPushes: 4, maxBytes: 1000);
        for (var i = 0; i < 4; i++)
            await inFlight.EnterAsync(1, 10);

        var waiting = inFlight.EnterAsync(1, 10).AsTask();
        inFlight.Leave(1, 10);
        Assert.False(waiting.IsCompleted);
        inFlight.Leave(1, 10);

        await waiting.WaitAsync(ApiProcess.Patience);
    }

    [Fact]
    public async Task Bytes_are_bounded_as_well()
    {
        var inFlight = new InFlight(maxPushes: 100, maxBytes: 1000);
        await inFlight.EnterAsync(1, 900);

        var waiting = inFlight.EnterAsync(1, 200).AsTask();
        Assert.False(waiting.IsCompleted);
        inFlight.Leave(1, 900);

        await waiting.WaitAsync(ApiProcess.Patience);
    }

    [Fact]
    public async Task A_line_larger_than_the_bound_goes_alone()
    {
        var inFlight = new InFlight(maxPushes: 4, maxBytes: 1000);
        await inFlight.EnterAsync(1, 10);

        var large = inFlight.EnterAsync(9, 5000).AsTask();
        Assert.False(large.IsCompleted);
        inFlight.Leave(1, 10);
        await large.WaitAsync(ApiProcess.Patience);

        Assert.False(inFlight.EnterAsync(1, 1).IsCompleted);
    }
}
