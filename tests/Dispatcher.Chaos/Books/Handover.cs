using System.Text.RegularExpressions;
using Dispatcher.Chaos.Stage;

namespace Dispatcher.Chaos.Books;

/// <summary>How a partition's last owner came to lose it.</summary>
internal enum HandoverCause
{
    /// <summary>It was killed.</summary>
    Killed,

    /// <summary>It did not notice: it hung, or was cut off from Kafka.</summary>
    Hung,

    /// <summary>It noticed too late to finish what it had begun.</summary>
    Lost,

    /// <summary>It gave it up in a rebalance or at its end, finished first, and Kafka has what it committed.</summary>
    GivenUp,

    /// <summary>It gave it up in the same way, but Kafka refused what it committed.</summary>
    CommitRefused,
}

/// <summary>A partition got an owner again, who begins at what was committed.</summary>
/// <param name="Pump">Whose.</param>
/// <param name="Partition">The partition.</param>
/// <param name="At">When.</param>
/// <param name="Cause">How the last owner lost it.</param>
/// <param name="LastRead">Until when the last owner may have read from it.</param>
/// <param name="Since">Since when the last owner had it.</param>
/// <param name="Abandoned">Pushes that it says to have left behind in flight, on all of that pump's partitions.</param>
internal sealed partial record Handover(
    string Pump, PartitionName Partition, DateTimeOffset At, HandoverCause Cause, DateTimeOffset Since, DateTimeOffset LastRead, int Abandoned)
{
    private const string Assigned = "assigned";
    private const string Refused = "refused";

    /// <summary>A rebalance takes less, and so does what leads to it.</summary>
    private static readonly TimeSpan RefusedBefore = TimeSpan.FromSeconds(10);

    /// <summary>Reads them from the logs of all workers.</summary>
    public static IReadOnlyList<Handover> In(IReadOnlyList<ChildProgram> workers)
    {
        var owners = new Dictionary<(string, PartitionName), Turn>();
        var refusals = new Dictionary<(ChildProgram, string), DateTimeOffset>();
        var begins = new Dictionary<(string, PartitionName), DateTimeOffset>();
        var handovers = new List<Handover>();
        var turns = TurnsOf(workers).ToList();
        var turnsByPartition = turns.ToLookup(turn => (turn.Pump, turn.Partition));
        foreach (var turn in turns)
        {
            var key = (turn.Pump, turn.Partition);
            if (turn.Word == Refused)
                refusals[(turn.Worker, turn.Pump)] = turn.At;
            if (turn.Word == Assigned && owners.TryGetValue(key, out var last))
            {
                var cause = last.CauseUntil(turn);
                if (cause == HandoverCause.GivenUp && refusals.GetValueOrDefault((last.Worker, turn.Pump)) > last.At - RefusedBefore)
                    cause = HandoverCause.CommitRefused;
                handovers.Add(new Handover(
                    turn.Pump,
                    turn.Partition,
                    turn.At,
                    cause,
                    begins.GetValueOrDefault(key),
                    last.ReadUntil(turnsByPartition[key].Where(later => later.At > last.At)),
                    last.Abandoned));
            }

            // What a worker says that has been replaced already changes nothing.
            if (turn.Word == Assigned || (turn.Word != Refused && owners.GetValueOrDefault(key)?.Worker == turn.Worker))
                owners[key] = turn;
            if (turn.Word == Assigned)
                begins[key] = turn.At;
        }

        return handovers;
    }

    /// <summary>The pumps of a worker that had partitions at an instant, none of which anybody has taken over since.</summary>
    public static IReadOnlyCollection<string> Untouched(ChildProgram worker, DateTimeOffset since, IReadOnlyList<ChildProgram> workers)
    {
        var partitions = TurnsOf(workers).Where(turn => turn.Word != Refused).GroupBy(turn => (turn.Pump, turn.Partition)).ToList();
        return
        [
            .. partitions
                .Where(turns => turns.LastOrDefault(turn => turn.At <= since) is { Word: Assigned } last && last.Worker == worker)
                .GroupBy(turns => turns.Key.Pump)
                .Where(pump => pump.All(turns => turns.Last().At <= since))
                .Select(pump => pump.Key),
        ];
    }

    private static IEnumerable<Turn> TurnsOf(IReadOnlyList<ChildProgram> workers) => workers
        .SelectMany(worker => worker.Lines.Select(LogLine.Read).OfType<LogLine>().SelectMany(line => Turns(worker, line)))
        .OrderBy(turn => turn.At)
        .ThenBy(turn => turn.Word == Assigned);

    private static IEnumerable<Turn> Turns(ChildProgram worker, LogLine line)
    {
        if (Share.Match(line.Text) is not { Success: true } match)
            yield break;
        if (match.Groups["word"].Value == Refused)
            yield return new Turn(worker, line.At, match.Groups["pump"].Value, Refused, default, 0);
        var abandoned = match.Groups["abandoned"] is { Success: true } count ? int.Parse(count.ValueSpan, null) : 0;
        foreach (var topic in match.Groups["partitions"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var slash = topic.IndexOf('/', StringComparison.Ordinal);
            foreach (var partition in topic[(slash + 1)..].Split(','))
            {
                yield return new Turn(
                    worker,
                    line.At,
                    match.Groups["pump"].Value,
                    match.Groups["word"].Value,
                    new PartitionName(topic[..slash], int.Parse(partition, null)),
                    abandoned);
            }
        }
    }

    [GeneratedRegex(@"\] (?<pump>[\w.]+): ((?<word>assigned|gave up|lost) (?<partitions>[^;]*)(; (?<abandoned>\d+) pushes)?|Kafka (?<word>refused) a commit)")]
    private static partial Regex Share { get; }

    /// <summary>A worker says that a partition comes or goes.</summary>
    private sealed record Turn(ChildProgram Worker, DateTimeOffset At, string Pump, string Word, PartitionName Partition, int Abandoned)
    {
        public HandoverCause CauseUntil(Turn next) => Word switch
        {
            "gave up" => HandoverCause.GivenUp,
            "lost" => HandoverCause.Lost,
            _ when Worker.KilledAt <= next.At => HandoverCause.Killed,
            _ => HandoverCause.Hung,
        };

        /// <summary>Until it says so, whoever has not noticed goes on to read, fetch and send.</summary>
        public DateTimeOffset ReadUntil(IEnumerable<Turn> later) => Word != Assigned
            ? At
            : later.FirstOrDefault(turn => turn.Worker == Worker && turn.Word != Refused)?.At ?? Worker.KilledAt ?? DateTimeOffset.MaxValue;
    }
}
