using Dispatcher.Api.Pushes;

namespace Dispatcher.Api.Batches;

/// <summary>
/// Whether Kafka acknowledges anything of a batch at all. When a line was given up and nothing before it was acknowledged for some seconds,
/// the lines behind it are answered at once, until it is time to try again: an outage must not cost the deadline of a produce time and again.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class KafkaSilence(TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(BatchProblems.KafkaSilent.RetryAfter!.Value);

    private long _lastAck = time.GetTimestamp();
    private long _silentSince = long.MinValue;

    /// <summary>Whether a line is not worth trying now.</summary>
    public bool IsOn => Volatile.Read(ref _silentSince) is var since and not long.MinValue && time.GetElapsedTime(since) < TryAgainAfter;

    /// <summary>Kafka has answered for a line.</summary>
    /// <param name="problem">What it did not take; <see langword="null"/> when it took all.</param>
    public void Heard(Problem? problem)
    {
        if (problem is null or { Accepted.Count: > 0 })
        {
            Volatile.Write(ref _lastAck, time.GetTimestamp());
            Volatile.Write(ref _silentSince, long.MinValue);
        }
        else if (problem.Type == BatchProblems.KafkaSilent.Type && time.GetElapsedTime(Volatile.Read(ref _lastAck)) >= Patience)
        {
            Volatile.Write(ref _silentSince, time.GetTimestamp());
        }
    }
}
