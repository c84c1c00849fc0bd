namespace Dispatcher.EndToEnd.Tests.Stage;

/// <summary>How long a test waits for what has to come, and how it asks where nobody tells.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until the answer is yes; fails with the story otherwise.</summary>
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
            Assert.Fail($"after {Limit}: {story()}");
        }
    }

    public static Task UntilAsync(Func<bool> question, Func<string> story) => UntilAsync(() => Task.FromResult(question()), story);
}
