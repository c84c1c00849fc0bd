using Dispatcher.Cli.Arguments;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Lag;

/// <summary>From where on a lag is somebody's business. Only lanes count: what is in the delay tiers is meant to wait.</summary>
/// <param name="MaxLag">Records of one lane; <see langword="null"/> for any number.</param>
/// <param name="MaxAge">How long the oldest of a lane may wait; <see langword="null"/> for ever.</param>
internal sealed record LagLimits(int? MaxLag, TimeSpan? MaxAge)
{
    /// <summary>What is over a limit, a line each.</summary>
    /// <param name="reading">The reading.</param>
    public IEnumerable<string> Exceeded(LagReading reading)
    {
        foreach (var lane in reading.Lanes)
        {
            if (MaxLag is { } maxLag && lane.Lag > maxLag)
                yield return $"{lane.Lane} has a lag of {Number.Text(lane.Lag)}, above --max-lag {Number.Text(maxLag)}.";
            if (MaxAge is not { } maxAge || lane.Lag == 0)
                continue;
            // No age is no good news: a monitor that passes because nobody could look is worse than none.
            if (reading.Age(lane) is not { } age)
                yield return $"{lane.Lane} has a lag of {Number.Text(lane.Lag)}, and Kafka did not say how old its oldest record is.";
            else if (age > maxAge)
                yield return $"the oldest of {lane.Lane} has waited {Duration.Text(LagTable.Rounded(age))}, above --max-age {Duration.Text(maxAge)}.";
        }

        if (reading.Leaderless > 0)
            yield return $"{Number.Text(reading.Leaderless)} partitions have no leader.";
        foreach (var lane in reading.Lanes.Where(lane => lane.Partitions.Count == 0))
            yield return $"{lane.Lane} has no topic.";
    }
}
