using Dispatcher.Chaos.Stage;
using Dispatcher.EndToEnd.Tests.Stage;

namespace Dispatcher.EndToEnd.Tests;

/// <summary>An operator sends dead letters again, while a worker works.</summary>
public sealed class ReplayTests
{
    [Fact]
    public async Task What_is_replayed_and_dies_again_says_how_often_and_is_the_same_push()
    {
        await using var deployment = await Deployment.StartAsync(new() { Workers = 1 });
        var pushes = await deployment.Api.PushAsync(
        [
            (Deployment.Ios, $"fa114000{Load.Token(Deployment.Ios)}"), // 400 BadDeviceToken, however often
            (Deployment.Ios, $"fa114000{Load.Token(Deployment.Ios)}"),
        ]);
        await DeadAsync(deployment, pushes.Count);

        for (var replays = 1; replays <= 2; replays++)
        {
            await ReplayAsync(deployment, "--reason", "BadDeviceToken", "--id", $"{pushes[0].Id}");
            await DeadAsync(deployment, pushes.Count + replays);
        }

        var dead = deployment.Ledger.DeadLetters.Where(letter => letter.PushId == pushes[0].Id).ToList();
        Assert.Equal([0, 1, 2], dead.Select(letter => letter.Replay?.Count ?? 0));
        Assert.All(dead, letter => Assert.Equal(dead[0].Value, letter.Value));
        Assert.All(dead, letter => Assert.Equal(1, letter.Attempts));
        Assert.Single(deployment.Ledger.DeadLetters, letter => letter.PushId == pushes[1].Id);
        Assert.StartsWith("push.apns.dead/", dead[1].Replay!.Origin.ToString(), StringComparison.Ordinal);
    }

    private static Task DeadAsync(Deployment deployment, int letters) => Patience.UntilAsync(
        () => deployment.Ledger.DeadLetters.Count == letters, () => $"{deployment.Ledger.DeadLetters.Count} dead letters, not {letters}");

    private static async Task ReplayAsync(Deployment deployment, params string[] options)
    {
        await using var program = ChildProgram.Start(
            "Dispatcher.Cli",
            ["dead-letters", "replay", "--kafka", deployment.Kafka.BootstrapServers, "--yes", .. options],
            new Dictionary<string, string>());
        Assert.Equal(0, await program.ExitedAsync());
        Assert.Contains(program.Lines, line => line.Contains("1 sent again", StringComparison.Ordinal));
    }
}
