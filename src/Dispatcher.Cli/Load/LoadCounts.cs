using Dispatcher.Cli.Http;
using Dispatcher.Client;

namespace Dispatcher.Cli.Load;

/// <summary>What the API answered to one sender. Senders have one each, so that they never wait for each other.</summary>
internal sealed class LoadCounts
{
    private readonly List<TimeSpan> _answers = [];

    /// <summary>Pushes accepted.</summary>
    public int Accepted { get; private set; }

    /// <summary>Requests refused for good.</summary>
    public int Refused { get; private set; }

    /// <summary>Answers that said "later".</summary>
    public int Busy { get; private set; }

    /// <summary>Requests that nothing is known of.</summary>
    public int Unanswered { get; private set; }

    /// <summary>Why the first request was not accepted.</summary>
    public string? FirstProblem { get; private set; }

    /// <summary>How long the API took, from the moment each request was due.</summary>
    public IReadOnlyList<TimeSpan> Answers => _answers;

    /// <summary>Adds the receipt of a line of a batch.</summary>
    /// <param name="receipt">The receipt.</param>
    public void Add(PushReceipt receipt)
    {
        Busy += receipt.Retries;
        Accepted += receipt.Pushes.Count + (receipt.Problem?.Accepted.Count ?? 0);
        if (receipt.Problem is not { } problem)
            return;
        if (problem.Status == 0)
            Unanswered++;
        else
            Refused++;
        FirstProblem ??= problem.ToString();
    }

    public void Add(PostAnswer answer, TimeSpan sinceDue)
    {
        switch (answer)
        {
            case PostAnswer.Accepted { Pushes: var pushes }:
                Accepted += pushes.Count;
                _answers.Add(sinceDue);
                break;
            case PostAnswer.Partial { Pushes: var pushes, Problem: var problem }:
                Accepted += pushes.Count;
                Refused++;
                FirstProblem ??= problem.Line;
                break;
            case PostAnswer.Refused { Problem: var problem }:
                Refused++;
                FirstProblem ??= problem.Line;
                break;
            case PostAnswer.Busy:
                Busy++;
                break;
            case PostAnswer.NoAnswer { Reason: var reason }:
                Unanswered++;
                FirstProblem ??= reason;
                break;
        }
    }
}
