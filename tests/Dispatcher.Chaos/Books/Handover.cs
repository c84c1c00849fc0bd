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

    /// <summary>It gave it up in a rebalance or at its end, and finished first.</summary>
    GivenUp,
}

/// <summary>A partition got an owner again, who begins at what was committed.</summary>
/// <param name="Pump">Whose.</param>
/// <param name="Partition">The partition.</param>
/// <param name="At">When.</param>
/// <param name="Cause">How the last owner lost it.</param>
/// <param name="LastRead">Until when the last owner may have read from it.</param>
/// <param name="Abandoned">Pushes that it says to have left behind in flight, on all of that pump's partitions.</param>
internal sealed partial record Handover(
    string Pump, PartitionName Partition, DateTimeOffset At, HandoverCause Cause, DateTimeOffset LastRead, int Abandoned)
{
    /// <summary>Reads them from the logs of all workers.</summary>
    public static IReadOnlyList<Handover> In(IReadOnlyList<ChildProgram> workers)
    {
        var turns = workers
            .SelectMany(worker => worker.Lines.Select(LogLine.Read).OfType<LogLine>().SelectMany(line => Turns(worker, line)))
            .OrderBy(turn => turn.At)
            .ThenBy(turn => turn.Word == "assigned");
        var owners = new Dictionary<(string, PartitionName), Turn>();
        var handovers = new List<Handover>();
        foreach (var turn in turns)
        {
            var key = (turn.Pump, turn.Partition);
            if (turn.Word == "assigned" && owners.TryGetValue(key, out var last))
                handovers.Add(new Handover(turn.Pump, turn.Partition, turn.At, last.CauseUntil(turn), last.ReadUntil(turn.At), last.Abandoned));

            // What a worker says that has been replaced already changes nothing.
            if (turn.Word == "assigned" || owners.GetValueOrDefault(key)?.Worker == turn.Worker)
                owners[key] = turn;
        }

        return handovers;
    }

    private static IEnumerable<Turn> Turns(ChildProgram worker, LogLine line)
    {
        if (Share.Match(line.Text) is not { Success: true } match)
            yield break;
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

    [GeneratedRegex(@"\] (?<pump>[\w.]+): (?<word>assigned|gave up|lost) (?<partitions>[^;]*)(; (?<abandoned>\d+) pushes)?")]
    private static partial Regex Share { get; }

    /// <summary>A worker says that a partition comes or goes.</summary>
    private sealed record Turn(ChildProgram Worker, DateTimeOffset At, string Pump, string Word, PartitionName Partition, int Abandoned)
    {
        public HandoverCause CauseUntil(Turn next) => Word switch
        {
            "gave up" => HandoverCause.GivenUp,
            "lost" => HandoverCause.Lost,
            _ when Worker.IsKilled && Worker != next.Worker => HandoverCause.Killed,
            _ => HandoverCause.Hung,
        };

        public DateTimeOffset ReadUntil(DateTimeOffset next) =>
            Word == "assigned" && Worker.FrozenAt is { } frozen && frozen > At && frozen < next ? frozen : Word == "assigned" ? next : At;
    }
}
