using System.Globalization;
using Dispatcher.Cli.Arguments;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.DeadLetters.Replaying;

/// <summary>What a run says at its end.</summary>
/// <param name="order">What was asked for.</param>
/// <param name="command">The command that goes on with it.</param>
internal sealed class ReplaySummary(ReplayOrder order, string command)
{
    /// <summary>The lines.</summary>
    /// <param name="end">How the run ended.</param>
    /// <param name="counts">What became of the dead letters.</param>
    /// <param name="elapsed">How long it took.</param>
    /// <param name="problem">What Kafka said last, where it did not do as asked.</param>
    public IEnumerable<string> Lines(ReplayEnd end, ReplayCounts counts, TimeSpan elapsed, string? problem)
    {
        var rate = elapsed > TimeSpan.Zero ? counts.Sent / elapsed.TotalSeconds : 0;
        var took = TimeSpan.FromMilliseconds(Math.Round(elapsed.TotalMilliseconds));
        yield return $"{Number.Text(counts.Sent)} sent again in {Duration.Text(took)}, {Number.Text(rate)}/s.";
        if (counts.Found > 0)
            yield return $"{Number.Text(counts.Found)} had been sent by the run that did not end, and were found on their lanes.";
        foreach (var words in counts.PassedOver.Words(order.Rule.MaxReplays))
            yield return $"Not sent: {words}.";
        foreach (var (code, count) in counts.Refused)
            yield return string.Create(CultureInfo.InvariantCulture, $"Failed: {Number.Text(count)}, refused by Kafka: {code}.");
        yield return end switch
        {
            ReplayEnd.Complete => $"What became of them: dispatcher dead-letters list --replays 1.. shows those that died again. Later dead letters: {command}",
            ReplayEnd.Limit => $"As many as --limit says. The next: {command}",
            ReplayEnd.Stopped => $"Stopped. To go on: {command}",
            ReplayEnd.TakenOver => $"Stopped: another run of the replay {order.Replay} has taken over and goes on from here.",
            _ => $"Gave up after {Duration.Text(ReplayRun.Patience)}: {problem} To go on: {command}",
        };
    }
}
