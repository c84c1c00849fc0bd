using System.Text.Json.Nodes;
using Dispatcher.Cli.Session;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.Up;

/// <summary>Two apps of an imaginary shop, whose credentials the simulator accepts.</summary>
internal static class SampleApps
{
    public const string Ios = "shop-ios";
    public const string Android = "shop-android";

    public static IReadOnlyList<SessionApp> All { get; } = [new(Ios, Provider.Apns), new(Android, Provider.Fcm)];

    /// <summary>Writes their files.</summary>
    /// <param name="folder">The apps folder.</param>
    /// <param name="simulator">Whose keys they use.</param>
    public static void Write(string folder, SimulatorInfo simulator)
    {
        Write(folder, Ios, new JsonObject
        {
            ["provider"] = "apns",
            ["bundleId"] = simulator.ApnsBundleId,
            ["teamId"] = simulator.ApnsTeamId,
            ["keyId"] = simulator.ApnsKeyId,
            ["keyPath"] = simulator.ApnsKeyPath,
        });
        Write(folder, Android, new JsonObject
        {
            ["provider"] = "fcm",
            ["projectId"] = simulator.FcmProjectId,
            ["credentialsPath"] = simulator.FcmCredentialsPath,
        });
    }

    private static void Write(string folder, string name, JsonObject app) =>
        File.WriteAllText(Path.Combine(folder, $"{name}.json"), app.ToJsonString());
}
