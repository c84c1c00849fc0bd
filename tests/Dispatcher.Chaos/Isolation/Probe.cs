using System.Collections.Concurrent;
using Dispatcher.Chaos.Stage;

namespace Dispatcher.Chaos.Isolation;

/// <summary>Posts one app's pushes at a steady rate, however long answers take, and remembers when each was posted.</summary>
/// <param name="api">Where to.</param>
/// <param name="app">The app.</param>
/// <param name="nextToken">Whom for.</param>
internal sealed class Probe(PushApi api, string app, Func<string> nextToken)
{
    private const int TickMilliseconds = 10;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _posted = new();

    /// <summary>When each token's push was posted.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Posted => (IReadOnlyDictionary<string, DateTimeOffset>)_posted;

    /// <summary>Posts for a while.</summary>
    /// <param name="rate">Pushes a second.</param>
    /// <param name="duration">How long.</param>
    /// <param name="timeToLive">Seconds after which nobody wants them any more.</param>
    public async Task PostAsync(int rate, TimeSpan duration, int? timeToLive = null)
    {
        var since = TimeProvider.System.GetTimestamp();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(TickMilliseconds), TimeProvider.System);
        var posting = new List<Task>();
        for (var elapsed = TimeSpan.Zero; elapsed < duration; elapsed = TimeProvider.System.GetElapsedTime(since))
        {
            while (posting.Count < elapsed.TotalSeconds * rate)
                posting.Add(PostAsync(timeToLive));
            await ticks.WaitForNextTickAsync(CancellationToken.None);
        }

        await Task.WhenAll(posting);
    }

    private async Task PostAsync(int? timeToLive)
    {
        var token = nextToken();
        _posted[token] = TimeProvider.System.GetUtcNow();
        await api.PushAsync([(app, token)], timeToLive: timeToLive);
    }
}
