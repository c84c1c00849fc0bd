using Dispatcher.Chaos.Pushing;
using Dispatcher.Core.Sending;

namespace Dispatcher.Chaos.Books;

/// <summary>A partition of a topic.</summary>
internal readonly record struct PartitionName(string Topic, int Partition);

/// <summary>A record that holds a push.</summary>
/// <param name="Partition">Where it is.</param>
/// <param name="Offset">Its offset there.</param>
/// <param name="At">When it was produced, by its producer's clock.</param>
/// <param name="Lane">The lane that it goes back to; <see langword="null"/> for a record of a lane.</param>
/// <param name="Due">What its headers say, in a delay tier: two records that say the same are one hand-off, written twice.</param>
internal readonly record struct RecordPlace(
    PartitionName Partition, long Offset, DateTimeOffset At, string? Lane = null, (DateTimeOffset NotBefore, DateTimeOffset LeavesAt) Due = default);

/// <summary>A result of a push.</summary>
internal readonly record struct Ending(OutcomeKind Outcome, bool IsDeadLetter, int Attempts);

/// <summary>All that is known about one push. Each member has one writer; they are read when nothing happens any more.</summary>
internal sealed class Story(Guid id)
{
    private const int Promised = 1;
    private const int Ended = 2;

    private int _state;

    public Guid Id { get; } = id;

    /// <summary>What was promised; <see langword="null"/> when the request was refused although some of it had come as far as Kafka.</summary>
    public Promise? Promise { get; private set; }

    /// <summary>Where it has been, in lanes and delay tiers.</summary>
    public List<RecordPlace> Records { get; } = new(1);

    /// <summary>How workers say it ended.</summary>
    public List<Ending> Endings { get; } = new(1);

    /// <summary>Records of it in dead-letter topics.</summary>
    public int DeadLetters { get; set; }

    /// <summary>Whether its token was reported.</summary>
    public bool IsTokenReported { get; set; }

    /// <summary>When a provider took it.</summary>
    public List<DateTimeOffset> Taken { get; } = new(1);

    /// <summary>How often a provider answered otherwise.</summary>
    public int Refused { get; set; }

    /// <summary>Notes the promise.</summary>
    /// <returns>Whether it is kept by now.</returns>
    public bool IsKeptWith(Promise promise)
    {
        Promise = promise;
        return (Interlocked.Or(ref _state, Promised) & Ended) != 0;
    }

    /// <summary>Notes an end.</summary>
    /// <returns>Whether that is the first end of a push that was promised.</returns>
    public bool IsKeptWith(Ending ending)
    {
        Endings.Add(ending);
        return Interlocked.Or(ref _state, Ended) == Promised;
    }
}
