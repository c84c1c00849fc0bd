using Dispatcher.Cli.Http;

namespace Dispatcher.Cli.Push;

/// <summary>Posts a request until there is an answer to keep: waits as the API asks, within bounds.</summary>
/// <param name="api">The API.</param>
/// <param name="time">Measures the waits.</param>
/// <param name="random">0 to 1; spreads callers that were told to come back at the same moment.</param>
internal sealed class PatientPost(PushApi api, TimeProvider time, Func<double> random)
{
    private const int MaxAttempts = 6;
    private const int MaxConnects = 3;

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(30);

    /// <summary>Posts it.</summary>
    /// <param name="body">The request's JSON.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The last answer, and how often it was tried again.</returns>
    public async Task<(PostAnswer Answer, int Retries)> PostAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var answer = await OnceAsync(body, cancellationToken);
            if (Wait(answer, attempt, random()) is not { } wait)
                return (answer, attempt - 1);
            await Task.Delay(wait, time, cancellationToken);
        }
    }

    /// <summary>How long to wait before the next attempt, or <see langword="null"/> when there is none.</summary>
    /// <param name="answer">The last answer.</param>
    /// <param name="attempt">Which attempt that was, from 1.</param>
    /// <param name="chance">0 to 1.</param>
    internal static TimeSpan? Wait(PostAnswer answer, int attempt, double chance)
    {
        var backoff = FirstWait * Math.Pow(2, attempt - 1) * (0.5 + (chance / 2));
        return answer switch
        {
            // Asked for more than anyone would sit through: report it instead.
            PostAnswer.Busy { RetryAfter: { } asked } when asked > LongestWait => null,
            PostAnswer.Busy { RetryAfter: { } asked } when attempt < MaxAttempts => asked + (FirstWait * chance),
            PostAnswer.Busy when attempt < MaxAttempts => backoff,
            PostAnswer.Unreachable when attempt < MaxConnects => backoff,
            _ => null, // NoAnswer too: posting again could send twice
        };
    }

    private async Task<PostAnswer> OnceAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(AnswerWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await api.PostAsync(body, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new PostAnswer.NoAnswer($"no answer within {AnswerWithin.TotalSeconds} s");
        }
    }
}
