namespace Dispatcher.Chaos.Stage;

/// <summary>How long is waited for what has to come, and how one asks where nobody tells.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until the answer is yes; fails with the story otherwise.</summary>
    /// <exception cref="TimeoutException">It was not yes in time.</exception>
    public static async Task UntilAsync(Func<Task<bool>> question, Func<string> story)
    {
        using var deadline = new CancellationTokenSource(Limit, TimeProvider.System);
        using var timer = new PeriodicTimer(Pause, TimeProvider.System);
        try
        {
            while (!await question())
                await timer.WaitForNextTickAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"after {Limit}: {story()}");
        }
    }

    public static Task UntilAsync(Func<bool> question, Func<string> story) => UntilAsync(() => Task.FromResult(question()), story);

    /// <summary>Asks until the answer is yes, for as long as things go on; fails with the story when they stand still for <see cref="Limit"/>.</summary>
    /// <param name="question">What has to come.</param>
    /// <param name="progress">A number that changes while things go on.</param>
    /// <param name="story">What is missing.</param>
    /// <exception cref="TimeoutException">Things stood still.</exception>
    public static async Task WhileMovingAsync(Func<bool> question, Func<long> progress, Func<string> story)
    {
        using var timer = new PeriodicTimer(Pause, TimeProvider.System);
        var (last, since) = (progress(), TimeProvider.System.GetTimestamp());
        while (!question())
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
            if (progress() is var now && now != last)
                (last, since) = (now, TimeProvider.System.GetTimestamp());
            else if (TimeProvider.System.GetElapsedTime(since) > Limit)
                throw new TimeoutException($"nothing moves for {Limit}: {story()}");
        }
    }
}
