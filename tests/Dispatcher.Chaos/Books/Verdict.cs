using System.Globalization;
using Dispatcher.Chaos.Pushing;
using Dispatcher.Chaos.Stage;

namespace Dispatcher.Chaos.Books;

/// <summary>Everything added up.</summary>
/// <param name="Balance">What became of the promises.</param>
/// <param name="Duplicates">What came too often.</param>
/// <param name="Dropped">Records that in-memory Kafka dropped unread: the run proves nothing then.</param>
/// <param name="Workers">All that were ever started.</param>
/// <param name="Complaints">What workers logged as an error, or did without being asked.</param>
/// <param name="PeakMemory">The most resident bytes that a worker had.</param>
internal sealed record Verdict(
    Balance Balance, Duplicates Duplicates, long Dropped, IReadOnlyList<ChildProgram> Workers, IReadOnlyList<string> Complaints, long PeakMemory)
{
    /// <summary>
    /// Bytes that a worker may take, whatever happens: about twice what it takes here in peace. Backlogs, outages and stalls do not show in it.
    /// </summary>
    public const long MaxMemory = 512L * 1024 * 1024;

    private static readonly (DuplicateCause Cause, string Text)[] Causes =
    [
        (DuplicateCause.WorkerKilled, "a worker was killed"),
        (DuplicateCause.WorkerHung, "a worker hung, or was cut off, and went on"),
        (DuplicateCause.PartitionsLost, "a worker lost its partitions"),
        (DuplicateCause.Ambiguous, "a provider's answer was lost"),
        (DuplicateCause.GivenUp, "a rebalance did not wait for it any longer"),
        (DuplicateCause.CommitRefused, "commits refused in a rebalance (in-memory Kafka only)"),
        (DuplicateCause.WrittenTwice, "a record written twice (in-memory Kafka only)"),
    ];

    /// <summary>
    /// Of so many promises, one may have come twice without a cause of its own: when a handover was, is known from a log line, what was committed
    /// then from a look every 100 ms, and in-memory Kafka may give a partition to two members for a moment, as it has no fence. All
    /// duplicates together have to be within the bound all the same.
    /// </summary>
    private const int PromisesPerUnexplained = 100;

    public bool Holds => Balance.Holds && Duplicates.Unexplained.Count <= Balance.Promised / PromisesPerUnexplained && Duplicates.Total <= Duplicates.Bound
        && Dropped == 0 && Complaints.Count == 0 && PeakMemory <= MaxMemory;

    /// <summary>The ledger, for people.</summary>
    public IEnumerable<string> Lines() =>
    [
        Line("promised (202)", Balance.Promised),
        Line("accepted by a provider", Balance.Ends[Design.Accepted]),
        Line("unregistered", Balance.Ends[Design.Unregistered]),
        Line("dead letters", Balance.Ends[Design.Rejected]),
        Line("expired", Balance.Ends[Design.Expired]),
        Line("missing", Balance.Missing.Count),
        Line("contradictory", Balance.Contradictory.Count),
        Line("otherwise than designed", Balance.Otherwise.Count),
        Line("not where they should be", Balance.Unproven.Count),
        $"{Line("duplicates", Duplicates.Total)} of at most {Duplicates.Bound:N0}",
        .. Causes.Select(cause => $"{Line($"  {cause.Text}", Duplicates.Seen[cause.Cause])} of at most {Duplicates.Bounds[cause.Cause]:N0}"),
        $"{Line("  not attributed", Duplicates.Unexplained.Count)} of at most {Balance.Promised / PromisesPerUnexplained:N0}",
        $"workers: {Workers.Count} started, {Workers.Count(worker => worker.IsKilled)} killed, "
            + $"{Workers.Count(worker => worker is { IsToEnd: true, IsKilled: false })} stopped with SIGTERM and ended with 0; "
            + $"at most {PeakMemory / 1024 / 1024} MiB each, {MaxMemory / 1024 / 1024} allowed",
        .. Dropped > 0 ? [$"in-memory Kafka dropped {Dropped} records unread: this run proves nothing"] : Array.Empty<string>(),
        .. Complaints.Take(20),
        .. new[] { Balance.Missing, Balance.Contradictory, Balance.Otherwise, Balance.Unproven, Duplicates.Unexplained }
            .SelectMany(stories => stories.Take(5))
            .Select(Tell),
        Holds ? "The ledger balances." : "THE LEDGER DOES NOT BALANCE.",
    ];

    private static string Line(string text, int number) => $"{text,-56}{number.ToString("N0", CultureInfo.InvariantCulture),12}";

    private static string Tell(Story story) =>
        $"{story.Id} {story.Promise?.Design}: records {string.Join(' ', story.Records.Select(r => $"{r.Partition.Topic}/{r.Partition.Partition}@{r.Offset} {r.At:HH:mm:ss.fff}"))}; "
        + $"taken {string.Join(' ', story.Taken.Select(taken => $"{taken:HH:mm:ss.fff}"))}; refused {story.Refused}; "
        + $"results {string.Join(' ', story.Endings.Select(ending => $"{ending.Outcome} after {ending.Attempts}"))}; dead letters {story.DeadLetters}";
}
