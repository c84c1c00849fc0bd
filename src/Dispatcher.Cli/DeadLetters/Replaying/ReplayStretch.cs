using Confluent.Kafka;

namespace Dispatcher.Cli.DeadLetters.Replaying;

/// <summary>A way through the dead letters without interruption: where it began, how far it is, and what of it counts as sent.</summary>
internal sealed class ReplayStretch
{
    private readonly IReadOnlyDictionary<TopicPartition, ReplayHistory> _before;
    private readonly ReplayPass _current;
    private readonly ReplayPass _interrupted;

    /// <summary>Begins one.</summary>
    /// <param name="ranges">What there is to read.</param>
    /// <param name="before">What was sent before, of each partition.</param>
    /// <param name="sent">What is on the lanes and in no commit.</param>
    /// <param name="rule">What this run takes.</param>
    /// <param name="at">The instant at which it judges times to live.</param>
    /// <param name="interrupted">The same of the run that sent what is on the lanes.</param>
    public ReplayStretch(
        IReadOnlyList<ScanRange> ranges,
        IReadOnlyDictionary<TopicPartition, ReplayHistory> before,
        SentBefore sent,
        ReplayRule rule,
        DateTimeOffset at,
        (ReplayRule Rule, DateTimeOffset At) interrupted)
    {
        _before = before;
        Sent = sent;
        _current = new ReplayPass(0, 0, at, rule);
        // Where a run was interrupted its records may be of either's choosing: what one of the two took counts as sent.
        _interrupted = _current.Or(new ReplayPass(0, 0, interrupted.At, interrupted.Rule));
        Ranges = [.. ranges.Select(range => range with { From = Before(range.Partition).Start(rule, range.From) })];
        Watermarks = new ReplayWatermarks(Ranges.ToDictionary(range => range.Partition, range => range.From));
    }

    /// <summary>What is left to read; a start behind the end means that the topic is not what it was.</summary>
    public IReadOnlyList<ScanRange> Ranges { get; }

    public SentBefore Sent { get; }

    public ReplayWatermarks Watermarks { get; }

    /// <summary>What counts as sent once a partition is done up to an offset.</summary>
    public ReplayHistory History(TopicPartition partition, long position)
    {
        var history = Before(partition);
        var from = Ranges.FirstOrDefault(range => range.Partition == partition).From;
        var (first, end) = Sent.Span(partition);
        foreach (var (to, pass) in ((long, ReplayPass)[])[(first, _current), (end, _interrupted), (long.MaxValue, _current)])
        {
            var until = Math.Min(to, position);
            if (until <= from)
                continue;
            history = history.With(pass with { From = from, To = until });
            from = until;
        }

        return history;
    }

    private ReplayHistory Before(TopicPartition partition) => _before.GetValueOrDefault(partition, ReplayHistory.None);
}
