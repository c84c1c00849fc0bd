using Dispatcher.Core.Kafka;

namespace Dispatcher.Cli.Kafka;

/// <summary>
/// Joins the pushes that a command posted with the results that come back. Either half may come first: a fast worker's result can
/// overtake the API's answer. Safe for several threads.
/// </summary>
internal sealed class OutcomeLedger
{
    private readonly Lock _lock = new();
    private readonly HashSet<Guid> _posted = [];
    private readonly Dictionary<Guid, PushResult> _early = [];
    private readonly List<PushResult> _settled = [];
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _closed;

    /// <summary>Done when every posted push is settled, after <see cref="Close"/>.</summary>
    public Task Complete => _complete.Task;

    public int SettledCount
    {
        get
        {
            lock (_lock)
                return _settled.Count;
        }
    }

    /// <summary>The pushes without a result yet.</summary>
    public int PendingCount
    {
        get
        {
            lock (_lock)
                return _posted.Count;
        }
    }

    /// <summary>The results of posted pushes so far.</summary>
    public IReadOnlyList<PushResult> Settled
    {
        get
        {
            lock (_lock)
                return [.. _settled];
        }
    }

    /// <summary>The API has accepted these.</summary>
    /// <param name="ids">The pushes.</param>
    public void Post(IEnumerable<Guid> ids)
    {
        lock (_lock)
        {
            foreach (var id in ids)
            {
                if (_early.Remove(id, out var result))
                    _settled.Add(result);
                else
                    _posted.Add(id);
            }
        }
    }

    /// <summary>A result has come; those of other people's pushes are set aside. A second result of a push is ignored.</summary>
    /// <param name="result">The result.</param>
    public void Settle(PushResult result)
    {
        lock (_lock)
        {
            if (_posted.Remove(result.Id))
                _settled.Add(result);
            else if (!_closed)
                _early[result.Id] = result;
            CompleteWhenDone_NeedsLock();
        }
    }

    /// <summary>Nothing more will be posted.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            _early.Clear();
            CompleteWhenDone_NeedsLock();
        }
    }

    private void CompleteWhenDone_NeedsLock()
    {
        if (_closed && _posted.Count == 0)
            _complete.TrySetResult();
    }
}
