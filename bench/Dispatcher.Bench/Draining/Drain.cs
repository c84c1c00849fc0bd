using Dispatcher.Bench.Stage;
using Dispatcher.Chaos.Stage;

namespace Dispatcher.Bench.Draining;

/// <summary>Watches a worker settle a backlog.</summary>
/// <param name="worker">The worker.</param>
/// <param name="pushes">How many there are.</param>
/// <param name="time">The clock.</param>
internal sealed class Drain(Service worker, int pushes, TimeProvider time)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    private readonly List<Reading> _readings = [];

    /// <summary>Waits until every push has ended.</summary>
    /// <exception cref="TimeoutException">Nothing moved for a minute: some are missing.</exception>
    public async Task<SteadyState> WatchAsync()
    {
        using var timer = new PeriodicTimer(LookInterval, time);
        var (last, since) = (0L, time.GetTimestamp());
        while (last < pushes)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
            var reading = await worker.ReadAsync();
            _readings.Add(reading);
            if (reading.Settled != last)
                (last, since) = (reading.Settled, time.GetTimestamp());
            else if (time.GetElapsedTime(since) > Patience.Limit)
                throw new TimeoutException($"The worker has settled {last:N0} of {pushes:N0} pushes, and no more come.");
        }

        return SteadyState.Between(
            _readings.First(reading => reading.Settled >= pushes * SteadyState.From),
            _readings.Last(reading => reading.Settled <= pushes * SteadyState.To));
    }
}
