using Dispatcher.Cli.Http;
using Dispatcher.Cli.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.Push;

/// <summary>Posts many requests, so many at once, and stops when the API cannot be reached.</summary>
/// <param name="post">Posts one.</param>
/// <param name="ledger">Learns the ids of what is accepted.</param>
/// <param name="concurrency">How many at once.</param>
internal sealed class PushRun(PatientPost post, OutcomeLedger ledger, int concurrency)
{
    /// <summary>Posts every line.</summary>
    /// <param name="input">Newline-delimited requests.</param>
    /// <param name="progress">Hears how many bytes are done with.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task<PushReport> RunAsync(Stream input, Action<long> progress, CancellationToken cancellationToken)
    {
        var report = new PushReport();
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var lines = new NdjsonReader(PushLimits.MaxRequestBytes).ReadAsync(input, giveUp.Token);
        var options = new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = giveUp.Token };
        try
        {
            await Parallel.ForEachAsync(lines, options, async (line, token) =>
            {
                if (line.IsTooLong)
                    report.AddTooLong(line.Number, PushLimits.MaxRequestBytes);
                else
                    await PostAsync(line.Number, line.Body, report, token);
                progress(line.End);
                if (report.Unreachable is not null)
                    await giveUp.CancelAsync();
            });
        }
        catch (OperationCanceledException) when (report.Unreachable is not null)
        {
            // Told by the report.
        }

        return report;
    }

    /// <summary>Posts one request.</summary>
    /// <param name="line">Its line; 0 for one made of options.</param>
    /// <param name="body">The request's JSON.</param>
    /// <param name="report">Learns the answer.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>The ids of its pushes; none when it was not accepted.</returns>
    public async Task<IReadOnlyList<Guid>> PostAsync(
        int line, ReadOnlyMemory<byte> body, PushReport report, CancellationToken cancellationToken)
    {
        var (answer, retries) = await post.PostAsync(body, cancellationToken);
        report.Add(line, answer, retries);
        var pushes = answer switch
        {
            PostAnswer.Accepted accepted => accepted.Pushes,
            PostAnswer.Partial partial => partial.Pushes,
            _ => [],
        };
        ledger.Post(pushes);
        return pushes;
    }
}
