using Confluent.Kafka;

namespace Dispatcher.Cli.DeadLetters.Replaying;

/// <summary>What became of the dead letters that a run looked at. May be asked from any thread.</summary>
internal sealed class ReplayCounts
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ErrorCode, long> _refused = [];
    private long _sent;
    private long _found;
    private long _begun;

    /// <summary>Kafka has them on their lanes.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>A run that did not end had sent them, and a look at the lanes found them.</summary>
    public long Found => Volatile.Read(ref _found);

    /// <summary>Handed to the producer; <c>--limit</c> counts these.</summary>
    public long Begun => Volatile.Read(ref _begun);

    public PassedOverCounts PassedOver { get; } = new();

    /// <summary>Kafka refused them for good, by its own word for it.</summary>
    public IReadOnlyDictionary<ErrorCode, long> Refused
    {
        get
        {
            lock (_lock)
                return _refused.ToDictionary();
        }
    }

    public void AddSent() => Interlocked.Increment(ref _sent);

    public void AddFound() => Interlocked.Increment(ref _found);

    public void AddBegun() => Interlocked.Increment(ref _begun);

    /// <summary>Those that were handed over and are neither sent nor refused will be again.</summary>
    public void ForgetUnanswered()
    {
        lock (_lock)
            Volatile.Write(ref _begun, Sent + _refused.Values.Sum());
    }

    public void AddRefused(ErrorCode code)
    {
        lock (_lock)
            _refused[code] = _refused.GetValueOrDefault(code) + 1;
    }
}
