using Dispatcher.Chaos.Stage;
using Dispatcher.Core.Sending;

namespace Dispatcher.EndToEnd.Tests.Stage;

/// <summary>
/// Invariant 2: what was promised against what became of it. Every accepted id is in exactly one state: taken by a provider, dead-lettered,
/// expired, or unregistered.
/// </summary>
/// <param name="Promised">Pushes that were answered with 202.</param>
/// <param name="Missing">Those that nobody knows anything about.</param>
/// <param name="Contradictory">Those that ended in two different ways.</param>
/// <param name="Unproven">Those reported as accepted that no provider has.</param>
/// <param name="Duplicates">How often a provider took a push that it had taken before.</param>
/// <param name="DeadLetters">Those that lie in a dead-letter topic.</param>
internal sealed record Balance(int Promised, int Missing, int Contradictory, int Unproven, int Duplicates, int DeadLetters)
{
    /// <summary>Waits until every push has ended and adds everything up.</summary>
    public static async Task<Balance> OfAsync(Deployment deployment, IReadOnlyCollection<AcceptedPush> pushes)
    {
        await deployment.Ledger.SettledAsync(pushes);
        var taken = await deployment.Simulator.AcceptedAsync();
        var dead = deployment.Ledger.DeadLetters.Select(letter => letter.PushId).OfType<Guid>().ToHashSet();
        var ends = pushes.ToDictionary(push => push, push => deployment.Ledger.Of(push).Select(result => result.Outcome).Distinct().ToList());
        return new Balance(
            pushes.Count,
            ends.Count(end => end.Value.Count == 0),
            ends.Count(end => end.Value.Count > 1),
            ends.Count(end => end.Value.Contains(OutcomeKind.Accepted) && !taken.ContainsKey(end.Key.Token)),
            taken.Values.Sum(times => times - 1),
            pushes.Count(push => dead.Contains(push.Id)));
    }

    /// <summary>Nothing is missing and everything adds up.</summary>
    /// <param name="duplicates">So many at most were taken twice.</param>
    public void AssertHolds(long duplicates = 0)
    {
        Assert.True(this is { Promised: > 0, Missing: 0, Contradictory: 0, Unproven: 0 }, ToString());
        Assert.True(Duplicates <= duplicates, $"{this}, of {duplicates} at most");
    }
}
