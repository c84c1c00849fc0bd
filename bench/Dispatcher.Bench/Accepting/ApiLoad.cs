using Dispatcher.Bench.Stage;

namespace Dispatcher.Bench.Accepting;

/// <summary>Has an API answer as fast as it can, for a stretch.</summary>
/// <param name="api">The API.</param>
/// <param name="stretch">How long is measured, after a third of it to warm up.</param>
/// <param name="time">The clock.</param>
internal sealed class ApiLoad(Service api, TimeSpan stretch, TimeProvider time)
{
    /// <summary>Measures one kind of request.</summary>
    /// <param name="requests">What is sent, in turns.</param>
    /// <param name="connections">On how many connections.</param>
    /// <param name="pushes">How many a request has.</param>
    public async Task<SteadyState> MeasureAsync(IReadOnlyList<byte[]> requests, int connections, int pushes)
    {
        var load = new HttpLoad(api.Address, requests, connections);
        var running = load.RunAsync();
        try
        {
            await WaitAsync(stretch / 3, running);
            var first = await ReadAsync();
            await WaitAsync(stretch, running);
            return SteadyState.Between(first, await ReadAsync());
        }
        finally
        {
            load.End();
            await running;
        }

        async Task<Reading> ReadAsync() => await api.ReadAsync() with { Settled = load.Answers * pushes };
    }

    /// <summary>Waits so long, or until something goes wrong.</summary>
    private async Task WaitAsync(TimeSpan wait, Task running)
    {
        if (await Task.WhenAny(running, Task.Delay(wait, time)) == running)
            await running;
    }
}
