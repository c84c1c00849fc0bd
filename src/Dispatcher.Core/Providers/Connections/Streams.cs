namespace Dispatcher.Core.Providers.Connections;

/// <summary>How many streams of one connection may be open, and how many are. Guarded by the pool's lock.</summary>
internal sealed class Streams
{
    private readonly int _limit;
    private readonly bool _answersOneFirst;
    private int _peerLimit = int.MaxValue;
    private int _cautious;

    /// <param name="limit">What we allow, whatever the peer allows.</param>
    /// <param name="answersOneFirst">Whether one must be answered before there are more.</param>
    public Streams(int limit, bool answersOneFirst)
    {
        _limit = _cautious = limit;
        _answersOneFirst = answersOneFirst;
    }

    /// <summary>Open ones.</summary>
    public int InUse { get; private set; }

    /// <summary>Whether one was ever answered.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>How many may be open.</summary>
    public int Allowed => _answersOneFirst && !HasAnswered ? Math.Min(1, _peerLimit) : Math.Min(_cautious, _peerLimit);

    /// <summary>Whether one more may be opened.</summary>
    public bool HasRoom => InUse < Allowed;

    public void Take() => InUse++;

    public void GiveBack() => InUse--;

    /// <summary>One was answered: after a refusal, one more may be open than before.</summary>
    public void Answered()
    {
        HasAnswered = true;
        _cautious = Math.Min(_limit, _cautious + 1);
    }

    /// <summary>One was refused, so there were too many: half of them.</summary>
    public void Refused() => _cautious = Math.Max(1, Math.Min(_cautious, InUse) / 2);

    /// <summary>The peer says how many it allows.</summary>
    public void PeerAllows(int streams) => _peerLimit = streams;
}
