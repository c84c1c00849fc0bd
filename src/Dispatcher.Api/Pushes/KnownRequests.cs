using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Pushes;

/// <summary>
/// The requests with a key that this process has answered lately, and those that it is about to answer. Of an answer nothing is kept:
/// the same body has the same ids. Bound: <see cref="IdempotencyOptions.Keys"/>, the oldest is forgotten first; those under way come on
/// top, one for each request that is being served.
/// </summary>
internal sealed class KnownRequests(IdempotencyOptions options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Entry> _entries = [];
    private readonly Queue<(Guid Key, long EndedAt)> _ended = new();

    /// <summary>How many keys are remembered or under way.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _entries.Count;
        }
    }

    /// <summary>Whether just this request was accepted here before.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="fingerprint">Its body's fingerprint.</param>
    public bool HasAccepted(RepeatKey key, ulong fingerprint)
    {
        lock (_lock)
        {
            Forget_NeedsLock();
            return _entries.TryGetValue(key.RequestId, out var entry) && entry.State == RequestState.Accepted && entry.Fingerprint == fingerprint;
        }
    }

    /// <summary>Begins a request, unless another of its key stands in its place.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="fingerprint">Its body's fingerprint.</param>
    /// <param name="first">The answer to come of the one that is under way.</param>
    /// <returns>What is known of the key; <see cref="RequestState.New"/>: it is this request's turn, and it has to <see cref="End"/>.</returns>
    public RequestState Begin(RepeatKey key, ulong fingerprint, out Task<Problem?> first)
    {
        first = Task.FromResult<Problem?>(null);
        lock (_lock)
        {
            Forget_NeedsLock();
            if (_entries.TryGetValue(key.RequestId, out var known))
            {
                if (known.Fingerprint != fingerprint)
                    return RequestState.Reused;
                first = known.Answer?.Task ?? first;
                if (known.State is RequestState.UnderWay or RequestState.Accepted)
                    return known.State;
            }

            _entries[key.RequestId] = new Entry(
                fingerprint, RequestState.UnderWay, new TaskCompletionSource<Problem?>(TaskCreationOptions.RunContinuationsAsynchronously), 0);
            return RequestState.New;
        }
    }

    /// <summary>Ends a request that had its turn, and tells those that wait for it.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="problem">Why it was not accepted; <see langword="null"/> when it was.</param>
    /// <param name="isInDoubt">Whether some of its pushes may have been accepted all the same: then the key stays this body's.</param>
    public void End(RepeatKey key, Problem? problem, bool isInDoubt)
    {
        Entry entry;
        lock (_lock)
        {
            entry = _entries[key.RequestId];
            if ((problem is not null && !isInDoubt) || options.Keys == 0)
            {
                _entries.Remove(key.RequestId);
            }
            else
            {
                var endedAt = time.GetTimestamp();
                _entries[key.RequestId] = new Entry(
                    entry.Fingerprint, problem is null ? RequestState.Accepted : RequestState.InDoubt, Answer: null, endedAt);
                _ended.Enqueue((key.RequestId, endedAt));
                Forget_NeedsLock();
            }
        }

        entry.Answer!.SetResult(problem);
    }

    private void Forget_NeedsLock()
    {
        while (_ended.TryPeek(out var oldest) && (_ended.Count > options.Keys || time.GetElapsedTime(oldest.EndedAt) > options.Window))
        {
            _ended.Dequeue();
            // Begun again since, or ended again: then a younger line of the queue stands for it.
            if (_entries.TryGetValue(oldest.Key, out var entry) && entry.Answer is null && entry.EndedAt == oldest.EndedAt)
                _entries.Remove(oldest.Key);
        }
    }

    private readonly record struct Entry(ulong Fingerprint, RequestState State, TaskCompletionSource<Problem?>? Answer, long EndedAt);
}

/// <summary>What is known of the request that a key stands for.</summary>
internal enum RequestState
{
    /// <summary>Nothing, or that nothing became of it.</summary>
    New,

    /// <summary>It is being answered.</summary>
    UnderWay,

    /// <summary>It was accepted.</summary>
    Accepted,

    /// <summary>It was not accepted, but Kafka may have some of it.</summary>
    InDoubt,

    /// <summary>It had another body.</summary>
    Reused,
}
