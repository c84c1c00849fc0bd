using System.Runtime.CompilerServices;
using Dispatcher.Cli.Kafka;
using Dispatcher.Client;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.Push;

/// <summary>Sends requests and notes what became of each; stops when the API cannot be reached.</summary>
/// <param name="client">The API.</param>
/// <param name="ledger">Learns the ids of what is accepted.</param>
internal sealed class PushRun(DispatcherClient client, OutcomeLedger ledger)
{
    /// <summary>Sends every line, many in one HTTP request.</summary>
    /// <param name="input">Newline-delimited requests.</param>
    /// <param name="progress">Hears how many bytes are done with.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task<PushReport> RunAsync(Stream input, Action<long> progress, CancellationToken cancellationToken)
    {
        var report = new PushReport();
        var sent = new Queue<NdjsonLine>(); // as many as the client has under way; receipts come in their order
        await foreach (var receipt in client.SendBatchAsync(ReadAsync(input, sent, report, cancellationToken), cancellationToken))
        {
            NdjsonLine line;
            lock (sent)
                line = sent.Dequeue();
            Note(line.Number, receipt, report);
            progress(line.End);
            if (report.Unreachable is not null)
                break;
        }

        return report;
    }

    /// <summary>Sends one request made of options.</summary>
    /// <param name="body">The request's JSON.</param>
    /// <param name="report">Learns the answer.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>The ids of its pushes; none when it was not accepted.</returns>
    public async Task<IReadOnlyList<Guid>> SendAsync(ReadOnlyMemory<byte> body, PushReport report, CancellationToken cancellationToken) =>
        Note(0, await client.TrySendAsync(PushMessage.FromJson(body), cancellationToken), report);

    private IReadOnlyList<Guid> Note(int line, PushReceipt receipt, PushReport report)
    {
        report.Add(line, receipt);
        IReadOnlyList<Guid> pushes = receipt.Problem is { } problem ? problem.Accepted : [.. receipt.Pushes.Select(push => push.Id)];
        ledger.Post(pushes);
        return pushes;
    }

    private static async IAsyncEnumerable<PushMessage> ReadAsync(
        Stream input, Queue<NdjsonLine> sent, PushReport report, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var line in new NdjsonReader(PushLimits.MaxRequestBytes).ReadAsync(input, cancellationToken))
        {
            if (line.IsTooLong)
            {
                report.AddTooLong(line.Number, PushLimits.MaxRequestBytes);
                continue;
            }

            lock (sent)
                sent.Enqueue(line with { Body = default });
            yield return PushMessage.FromJson(line.Body);
        }
    }
}
