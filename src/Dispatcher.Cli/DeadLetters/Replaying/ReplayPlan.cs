using System.Globalization;
using Dispatcher.Cli.Arguments;
using Dispatcher.Cli.Output;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.DeadLetters.Replaying;

/// <summary>What a run would do. A look at every dead letter there is, of which only sums are kept.</summary>
/// <param name="order">What was asked for.</param>
/// <param name="state">What Kafka knows of the replay.</param>
internal sealed class ReplayPlan(ReplayOrder order, ReplayState state)
{
    private const int MostRows = 10;

    private readonly DeadLetterGroups _groups = new(DeadLetterField.Reason, DeadLetterField.App);
    private readonly Dictionary<Lane, long> _lanes = [];
    private long _replayedBefore;
    private long _unknownApp;

    /// <summary>How many can be sent.</summary>
    public long Ready => _groups.All.Count;

    /// <summary>How many this run would send.</summary>
    public long Count => Math.Min(Ready, order.Limit);

    public PassedOverCounts PassedOver { get; } = new();

    /// <summary>Where a run would read: behind what was done.</summary>
    /// <param name="plan">Everything.</param>
    /// <exception cref="CommandFailedException">The replay was at offsets that do not exist.</exception>
    public ScanPlan Rest(ScanPlan plan)
    {
        ScanRange[] rest = [.. plan.Ranges.Select(range => range with { From = state.History(range.Partition).Start(order.Rule, range.From) })];
        foreach (var range in rest.Where(range => range.Length < 0))
            throw new CommandFailedException(
                $"{range.Partition.Topic}/{range.Partition.Partition.Value} ends at {range.To} and the replay {order.Replay} was at {range.From} already: "
                + "the topic was made anew. Give another --replay-id.");
        return plan with { Ranges = [.. rest.Where(range => range.Length > 0)] };
    }

    public void Add(DeadLetterRecord record, Verdict verdict)
    {
        if (verdict.PassedOver is { } cause)
        {
            PassedOver.Add(cause);
            return;
        }

        _groups.Add(record);
        _lanes[verdict.Lane] = _lanes.GetValueOrDefault(verdict.Lane) + 1;
        if (record.ReplayCount > 0)
            _replayedBefore++;
        if (record.Reason == "unknownApp" && !order.Change.Apps.ContainsKey(verdict.Push!.App))
            _unknownApp++;
    }

    /// <summary>The plan, as lines.</summary>
    /// <param name="width">The columns there are.</param>
    public IEnumerable<string> Lines(int width)
    {
        if (Ready > 0)
        {
            foreach (var line in DeadLetterGroupTable.Lines(_groups, MostRows, width))
                yield return line;
            yield return "";
        }

        yield return Line("replay", $"{order.Replay}, {(state.Last is { } last ? $"last committed {Time(last.At)}" : "new")}");
        yield return Line("to send", $"{Number.Text(Count)}{(Count < Ready ? $" of {Number.Text(Ready)} (--limit)" : "")}");
        if (Ready > 0)
        {
            yield return Line("to", string.Join(", ", _lanes.OrderBy(lane => lane.Key.Name, StringComparer.Ordinal)
                .Select(lane => $"{lane.Key.Name} {Number.Text(lane.Value)}")));
            yield return Line("oldest", Time(_groups.All.First));
            yield return Line("rate", double.IsPositiveInfinity(order.Rate)
                ? "as fast as it goes"
                : $"{Number.Text(order.Rate)}/s, {Duration.Text(TimeSpan.FromSeconds(Math.Ceiling(Count / order.Rate)))}");
        }

        if (_replayedBefore > 0)
            yield return Line("again", $"{Number.Text(_replayedBefore)} were replayed before and died again");
        if (_unknownApp > 0)
            yield return Line("beware", $"{Number.Text(_unknownApp)} have an app that no worker knew (--app-map OLD=NEW)");
        foreach (var words in PassedOver.Words(order.Rule.MaxReplays))
            yield return Line("left out", words);
        if (state.IsOpen)
            yield return Line("beware", "the last run did not end: what it sent after its last commit is found on the lanes and not sent again");
    }

    private static string Line(string name, string text) => $"{name,-8} {text}";

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
