using Dispatcher.Cli.Http;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Load;

/// <summary>Posts a plan's requests when they are due, whatever the API does: one that answers slowly is not asked more gently.</summary>
/// <param name="api">The API.</param>
/// <param name="plan">How much, how fast and to whom.</param>
/// <param name="ledger">Learns the ids of what is accepted.</param>
/// <param name="time">The clock.</param>
internal sealed class LoadRun(PushApi api, LoadPlan plan, OutcomeLedger ledger, TimeProvider time) : ILoad
{
    private static readonly TimeSpan WaitWhenBusy = TimeSpan.FromSeconds(1);

    private readonly LoadBodies _bodies = new(plan);
    private long _start;
    private int _next = -1;

    /// <inheritdoc/>
    public int Begun => Math.Clamp(Volatile.Read(ref _next) + 1, 0, plan.Requests);

    /// <inheritdoc/>
    public async Task<(IReadOnlyList<LoadCounts> Counts, TimeSpan Elapsed)> RunAsync(CancellationToken deadline)
    {
        _start = time.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, plan.Concurrency).Select(_ => Task.Run(() => SendAsync(deadline), CancellationToken.None)));
        return (counts, time.GetElapsedTime(_start));
    }

    private async Task<LoadCounts> SendAsync(CancellationToken deadline)
    {
        var counts = new LoadCounts();
        try
        {
            for (var request = Take(); request < plan.Requests && !deadline.IsCancellationRequested; request = Take())
            {
                var due = await WaitUntilDueAsync(request, deadline);
                await PostAsync(request, due, counts, deadline);
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            // The report says how many were accepted by then.
        }

        return counts;
    }

    private int Take() => Interlocked.Increment(ref _next);

    /// <summary>Waits, and gives the moment from which the answer's time counts: the plan's, not the one we got round to it.</summary>
    private async ValueTask<TimeSpan> WaitUntilDueAsync(int request, CancellationToken deadline)
    {
        var now = time.GetElapsedTime(_start);
        if (plan.Rate is null)
            return now;
        var due = plan.DueAfter(request);
        if (due > now)
            await Task.Delay(due - now, time, deadline);
        return due;
    }

    private async Task PostAsync(int request, TimeSpan due, LoadCounts counts, CancellationToken deadline)
    {
        while (true)
        {
            var answer = await api.PostAsync(_bodies[request], deadline);
            counts.Add(answer, time.GetElapsedTime(_start) - due);
            switch (answer)
            {
                case PostAnswer.Accepted { Pushes: var pushes }:
                    ledger.Post(pushes);
                    return;
                case PostAnswer.Partial { Pushes: var pushes }:
                    ledger.Post(pushes);
                    return;
                case PostAnswer.Busy { RetryAfter: var retryAfter }:
                    await Task.Delay(retryAfter ?? WaitWhenBusy, time, deadline);
                    break;
                case PostAnswer.Unreachable { Reason: var reason }:
                    throw new CommandFailedException($"the API cannot be reached: {reason}", ExitCode.Unreachable);
                default:
                    return;
            }
        }
    }
}
