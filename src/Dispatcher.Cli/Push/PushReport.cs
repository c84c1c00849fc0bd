using Dispatcher.Client;

namespace Dispatcher.Cli.Push;

/// <summary>A request that was not accepted.</summary>
/// <param name="Line">Its line in the file; 0 for one made of options.</param>
/// <param name="Status">The HTTP status; 0 when there was none.</param>
/// <param name="Reason">Why, on one line.</param>
internal sealed record Refusal(int Line, int Status, string Reason);

/// <summary>What became of the requests so far. Safe for several threads.</summary>
internal sealed class PushReport
{
    private readonly Lock _lock = new();
    private readonly List<Refusal> _refusals = [];

    /// <summary>Requests that were accepted.</summary>
    public int Accepted { get; private set; }

    /// <summary>Pushes in them.</summary>
    public int Pushes { get; private set; }

    /// <summary>How often a request was posted again.</summary>
    public int Retried { get; private set; }

    /// <summary>Why the API cannot be reached, once it could not.</summary>
    public string? Unreachable { get; private set; }

    /// <summary>What was not accepted, in the order of the lines.</summary>
    public IReadOnlyList<Refusal> Refusals
    {
        get
        {
            lock (_lock)
                return [.. _refusals.OrderBy(refusal => refusal.Line)];
        }
    }

    public void Add(int line, PushReceipt receipt)
    {
        lock (_lock)
        {
            Retried += receipt.Retries;
            if (receipt.Problem is not { } problem)
            {
                Accepted++;
                Pushes += receipt.Pushes.Count;
            }
            else if (problem.IsUnreachable)
            {
                Unreachable ??= problem.Detail;
            }
            else
            {
                Pushes += problem.Accepted.Count;
                _refusals.Add(new Refusal(
                    line, problem.Status, problem.Status == 0 ? $"no answer, so it may have been accepted: {problem.Detail}" : problem.ToString()));
            }
        }
    }

    public void AddTooLong(int line, int limit)
    {
        lock (_lock)
            _refusals.Add(new Refusal(line, 0, $"the line has more than {limit} bytes, which is all that a request may have"));
    }
}
