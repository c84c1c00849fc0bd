using System.Globalization;
using Dispatcher.Simulator.Apns;
using Dispatcher.Simulator.Google;

namespace Dispatcher.Simulator;

/// <summary>An app at both providers: an Apple team with a key and bundle ids, and a Firebase project with a service account.</summary>
/// <param name="Number">From 1 on; the first one is what the manifest names by itself.</param>
/// <param name="ApnsKey">The team's key.</param>
/// <param name="BundleIds">What the key may push to.</param>
/// <param name="Account">The project's service account.</param>
public sealed record SimulatedApp(int Number, ApnsKey ApnsKey, IReadOnlyList<string> BundleIds, ServiceAccount Account) : IDisposable
{
    private const string Bundle = "com.example.shop";
    private const string Project = "demo-shop";

    /// <inheritdoc/>
    public void Dispose()
    {
        ApnsKey.Dispose();
        Account.Dispose();
    }

    /// <summary>The app of that number, with the keys that are there already.</summary>
    internal static SimulatedApp LoadOrCreate(int number, IEnumerable<string> moreBundleIds, SimulatorFiles files)
    {
        var (bundleId, project) = number == 1 ? (Bundle, Project) : ($"{Bundle}{number}", $"{Project}-{number}");
        return new SimulatedApp(
            number,
            ApnsKey.LoadOrCreate(files.ApnsKey(KeyIdOf(number)), KeyIdOf(number), $"SIMTEAM{number:d3}"),
            [bundleId, .. number == 1 ? moreBundleIds : []],
            ServiceAccount.LoadOrCreate(files.ServiceAccount(number), project, (100_000_000_000 + number).ToString(CultureInfo.InvariantCulture)));
    }

    private static string KeyIdOf(int number) => $"SIMKEY{number:d4}";
}
