using Dispatcher.Chaos.Pushing;
using Dispatcher.Chaos.Stage;

namespace Dispatcher.Chaos.Troubles;

/// <summary>Makes the troubles of the providers, each when the load has come so far, and ends it.</summary>
/// <param name="simulator">Whose providers.</param>
/// <param name="load">The load.</param>
/// <param name="say">Told what is done.</param>
internal sealed class ProviderTroubles(Simulator simulator, SteadyLoad load, Action<string> say)
{
    /// <summary>Makes them all.</summary>
    public async Task RunAsync(IReadOnlyList<ProviderTrouble> troubles)
    {
        foreach (var trouble in troubles)
        {
            await Patience.WhileMovingAsync(
                () => load.Accepted >= trouble.After || load.HasEnded, () => load.Accepted, () => $"{load.Accepted} pushes are accepted");
            say($"{trouble}");
            await simulator.AddFaultAsync(trouble.Provider, trouble.Fault);
            var since = TimeProvider.System.GetTimestamp();
            await Patience.UntilAsync(
                () => load.Accepted >= trouble.Until || load.HasEnded
                    || TimeProvider.System.GetElapsedTime(since).TotalSeconds > ProviderTrouble.LongestSeconds,
                () => "");
            await simulator.RepairProviderAsync(trouble.Provider);
        }
    }
}
