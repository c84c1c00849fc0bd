using System.Globalization;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>
/// What an import would write: the lines of a file that are not in Kafka yet. It takes about 50 bytes of memory for each line.
/// </summary>
internal sealed class ImportPlan
{
    private const int MostProblems = 20;

    private readonly HashSet<UInt128> _missing = [];
    private readonly List<string> _problems = [];
    private readonly DeadLetterGroups _groups = new(DeadLetterField.Reason, DeadLetterField.App);
    private int _bad;

    /// <summary>Lines that can be read.</summary>
    public long Lines { get; private set; }

    /// <summary>Lines that are there twice; written once.</summary>
    public long Repeated { get; private set; }

    /// <summary>Lines that Kafka has already, byte for byte.</summary>
    public long Present { get; private set; }

    /// <summary>How many are to be written.</summary>
    public long Missing => _missing.Count;

    /// <summary>The oldest time that Kafka is to be given.</summary>
    public DateTimeOffset? Oldest { get; private set; }

    /// <summary>The topics that are written to.</summary>
    public HashSet<string> Topics { get; } = [];

    public async Task ReadAsync(IAsyncEnumerable<ImportLine> lines)
    {
        await foreach (var line in lines)
        {
            if (line.Problem is { } problem)
            {
                if (++_bad <= MostProblems)
                    _problems.Add($"line {line.Number} {problem}.");
                continue;
            }

            Lines++;
            Topics.Add(line.Topic);
            if (!_missing.Add(line.Digest))
            {
                Repeated++;
                continue;
            }

            var letter = line.ToDeadLetter();
            _groups.Add(letter);
            var time = new DateTimeOffset(letter.Timestamp.UtcDateTime);
            Oldest = Oldest < time ? Oldest : time;
        }
    }

    /// <summary>What is wrong with the file, a line each; empty when nothing is.</summary>
    public IEnumerable<string> Problems => _bad > MostProblems ? _problems.Append($"{Number.Text(_bad - MostProblems)} more lines are wrong.") : _problems;

    /// <summary>Takes what is in Kafka out of the plan.</summary>
    /// <param name="letters">Every dead letter that is there.</param>
    public async Task ExceptAsync(IAsyncEnumerable<DeadLetterRecord> letters)
    {
        await foreach (var letter in letters)
        {
            if (_missing.Remove(RecordDigest.Of(letter.Position.Topic, letter.Key, letter.Value, letter.Headers)))
                Present++;
        }
    }

    /// <summary>Whether a line is to be written; asked a second time, it is not any more.</summary>
    /// <param name="line">The line.</param>
    public bool Take(ImportLine line) => _missing.Remove(line.Digest);

    /// <summary>The plan for people.</summary>
    /// <param name="width">The columns there are.</param>
    public IEnumerable<string> Text(int width)
    {
        foreach (var line in DeadLetterGroupTable.Lines(_groups, rows: 10, width))
            yield return line;
        yield return "";
        yield return $"{Number.Text(Lines)} in the file, {Number.Text(Present)} of them in Kafka already{(Repeated > 0 ? $", {Number.Text(Repeated)} twice" : "")}.";
        if (Missing > 0 && Oldest is { } oldest)
        {
            var time = oldest.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
            yield return $"The oldest is of {time} UTC. Retention goes by that; --restamp gives them the present.";
        }
    }
}
