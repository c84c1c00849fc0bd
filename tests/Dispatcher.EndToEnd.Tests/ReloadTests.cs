using System.Text.Json;
using Dispatcher.Chaos.Stage;
using Dispatcher.Core.Sending;
using Dispatcher.EndToEnd.Tests.Stage;

namespace Dispatcher.EndToEnd.Tests;

/// <summary>Apps and keys change under load. Nobody restarts anything, and nothing is lost.</summary>
public sealed class ReloadTests
{
    private const string Late = "late-ios";

    [Fact]
    public async Task An_app_comes_and_keys_are_replaced_in_the_middle_of_the_load()
    {
        await using var deployment = await Deployment.StartAsync(new() { Workers = 2 });
        var load = new Load(deployment);
        await deployment.Ledger.SettledAsync(300);

        // The same keys in other words: the simulator has no second ones. A broken one in between changes nothing.
        var (p8, account) = (deployment.Simulator["apnsKeyPath"], deployment.Simulator["fcmCredentialsPath"]);
        var key = await File.ReadAllTextAsync(p8);
        await File.WriteAllTextAsync(p8, "broken");
        foreach (var worker in deployment.Workers)
            await worker.SaysAsync("is not an APNs key");
        await File.WriteAllTextAsync(p8, key + "\n\n");
        await File.WriteAllTextAsync(account, await File.ReadAllTextAsync(account) + "\n\n");
        await File.WriteAllTextAsync(Path.Combine(deployment.AppsFolder, $"{Late}.json"), JsonSerializer.Serialize(new
        {
            provider = "apns",
            tenant = "shop",
            bundleId = deployment.Simulator["apnsBundleId"],
            teamId = deployment.Simulator["apnsTeamId"],
            keyId = deployment.Simulator["apnsKeyId"],
            keyPath = p8,
        }));

        await deployment.ApiProgram.SaysAsync($"App {Late} is in force");
        var late = await deployment.Api.PushAsync([.. Enumerable.Range(0, 20).Select(_ => (Late, Load.Token(Deployment.Ios)))]);
        foreach (var worker in deployment.Workers)
        {
            await worker.SaysAsync($"App {Late} is in force");
            await worker.SaysAsync($"App {Deployment.Android} is in force: changed");
        }

        await load.AcceptedAsync(load.Accepted.Count + 300);
        IReadOnlyCollection<AcceptedPush> pushes = [.. await load.EndAsync(), .. late];

        (await Balance.OfAsync(deployment, pushes)).AssertHolds();
        Assert.Empty(deployment.Ledger.DeadLetters);
        Assert.All(pushes, push => Assert.Equal(OutcomeKind.Accepted, Assert.Single(deployment.Ledger.Of(push)).Outcome));
    }
}
