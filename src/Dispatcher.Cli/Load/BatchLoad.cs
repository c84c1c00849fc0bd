using System.Runtime.CompilerServices;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;
using Dispatcher.Client;

namespace Dispatcher.Cli.Load;

/// <summary>Posts a plan's requests as lines of batches. How long each took is not measured: a line waits for those before it.</summary>
/// <param name="http">The connections.</param>
/// <param name="options">Address and key.</param>
/// <param name="plan">How much, how fast and to whom.</param>
/// <param name="ledger">Learns the ids of what is accepted.</param>
internal sealed class BatchLoad(HttpMessageInvoker http, DispatcherClientOptions options, LoadPlan plan, OutcomeLedger ledger) : ILoad
{
    private readonly LoadBodies _bodies = new(plan);

    private readonly DispatcherClient _client = new(http, options with
    {
        IdempotencyKeys = false, // as a single load has none
        MaxConnects = 1,
        MessagesPerRequest = 1000,
        ConcurrentRequests = plan.Concurrency,
    });

    private int _begun;

    /// <inheritdoc/>
    public int Begun => Volatile.Read(ref _begun);

    /// <inheritdoc/>
    public async Task<(IReadOnlyList<LoadCounts> Counts, TimeSpan Elapsed)> RunAsync(CancellationToken deadline)
    {
        var start = options.Time.GetTimestamp();
        var counts = new LoadCounts();
        try
        {
            await foreach (var receipt in _client.SendBatchAsync(MessagesAsync(start, deadline), deadline))
            {
                if (receipt.Problem is { IsUnreachable: true, Detail: var reason })
                    throw new CommandFailedException($"the API cannot be reached: {reason}", ExitCode.Unreachable);
                counts.Add(receipt);
                ledger.Post(receipt.Problem is { } problem ? problem.Accepted : [.. receipt.Pushes.Select(push => push.Id)]);
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            // The report says how many were accepted by then.
        }

        return ([counts], options.Time.GetElapsedTime(start));
    }

    private async IAsyncEnumerable<PushMessage> MessagesAsync(long start, [EnumeratorCancellation] CancellationToken deadline)
    {
        for (var request = 0; request < plan.Requests; request++)
        {
            if (plan.Rate is not null && plan.DueAfter(request) - options.Time.GetElapsedTime(start) is { Ticks: > 0 } wait)
                await Task.Delay(wait, options.Time, deadline);
            Volatile.Write(ref _begun, request + 1);
            yield return PushMessage.FromJson(_bodies[request]);
        }
    }
}
