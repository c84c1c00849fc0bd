namespace Dispatcher.Worker.Tests.Engine;

/// <summary>Waits for what only Kafka knows and does not tell: asks again until it is so, with a deadline.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks until the answer is right; fails with the last one.</summary>
    public static async Task<T> GetAsync<T>(Func<Task<T>> question, Func<T, bool> isRight, string what, Func<T, string>? show = null)
    {
        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
        using var timer = new PeriodicTimer(Pause, TimeProvider.System);
        while (true)
        {
            var answer = await question();
            if (isRight(answer))
                return answer;
            try
            {
                await timer.WaitForNextTickAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"{what}: after {Patience} it is {show?.Invoke(answer) ?? $"{answer}"}");
            }
        }
    }

    public static Task IsAsync(Func<bool> condition, string what) => IsAsync(condition, () => what);

    public static Task IsAsync(Func<bool> condition, Func<string> story) =>
        GetAsync(() => Task.FromResult(condition()), isTrue => isTrue, "what was waited for", isTrue => $"{isTrue}: {story()}");
}
