using Dispatcher.Chaos.Pushing;

namespace Dispatcher.Chaos.Books;

/// <summary>
/// What was promised against what became of it. Every id that was answered with 202 is in exactly one state: taken by a provider,
/// dead-lettered, expired, or unregistered.
/// </summary>
/// <param name="Promised">Pushes that were answered with 202.</param>
/// <param name="Ends">How many ended as they were meant to, and are found where that leaves them.</param>
/// <param name="Missing">Pushes that nobody knows an end of.</param>
/// <param name="Contradictory">Pushes that ended in two different ways.</param>
/// <param name="Otherwise">Pushes that ended in another way than they were meant to: an outage made a dead letter, say.</param>
/// <param name="Unproven">Pushes that are not where their end should have left them: in the provider's ledger, the dead-letter topic, or push.tokens.</param>
internal sealed record Balance(
    int Promised,
    IReadOnlyDictionary<Design, int> Ends,
    IReadOnlyList<Story> Missing,
    IReadOnlyList<Story> Contradictory,
    IReadOnlyList<Story> Otherwise,
    IReadOnlyList<Story> Unproven)
{
    /// <summary>Whether everything adds up.</summary>
    public bool Holds => Promised > 0 && Missing.Count + Contradictory.Count + Otherwise.Count + Unproven.Count == 0;

    public static Balance Of(IReadOnlyCollection<Story> stories)
    {
        List<Story> missing = [], contradictory = [], otherwise = [], unproven = [];
        var ends = Enum.GetValues<Design>().ToDictionary(design => design, _ => 0);
        foreach (var story in stories)
        {
            var outcomes = story.Endings.Select(ending => ending.Outcome).Distinct().ToList();
            if (outcomes.Count == 0)
                missing.Add(story);
            else if (outcomes.Count > 1)
                contradictory.Add(story);
            else if (outcomes[0] != story.Promise!.Outcome)
                otherwise.Add(story);
            else if (!IsProven(story))
                unproven.Add(story);
            else
                ends[story.Promise.Design]++;
        }

        return new Balance(stories.Count, ends, missing, contradictory, otherwise, unproven);
    }

    private static bool IsProven(Story story) => story.Promise!.Design switch
    {
        Design.Accepted => story is { Taken.Count: > 0, DeadLetters: 0, IsTokenReported: false },
        Design.Unregistered => story is { Taken.Count: 0, DeadLetters: 0, IsTokenReported: true, Refused: > 0 },
        Design.Rejected => story is { Taken.Count: 0, DeadLetters: > 0, IsTokenReported: false, Refused: > 0 },
        _ => story is { Taken.Count: 0, DeadLetters: 0, IsTokenReported: false },
    };
}
