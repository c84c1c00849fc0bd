using Dispatcher.Chaos.Stage;
using Dispatcher.Core.Sending;
using Dispatcher.EndToEnd.Tests.Stage;

namespace Dispatcher.EndToEnd.Tests;

/// <summary>Nothing goes wrong but what a provider says.</summary>
public sealed class PathTests
{
    [Fact]
    public async Task Every_accepted_push_ends_where_it_belongs_and_a_worker_asked_to_stop_leaves_nothing()
    {
        await using var deployment = await Deployment.StartAsync(new() { Workers = 1 });
        (string App, string Token)[] scripted =
        [
            (Deployment.Ios, $"fa114100{Load.Token(Deployment.Ios)}"), // 410 Unregistered
            (Deployment.Ios, $"fa114000{Load.Token(Deployment.Ios)}"), // 400 BadDeviceToken
            (Deployment.Ios, $"f1a550302{Load.Token(Deployment.Ios)[1..]}"), // 503 twice, then 200
            (Deployment.Android, $"fail-404-UNREGISTERED:{Load.Token(Deployment.Android)}"),
            (Deployment.Android, $"fail-403-SENDER_ID_MISMATCH:{Load.Token(Deployment.Android)}"),
            (Deployment.Android, $"flaky-2-503-UNAVAILABLE:{Load.Token(Deployment.Android)}"),
        ];
        var special = await deployment.Api.PushAsync(scripted);
        var load = new Load(deployment, pushes: 2_000);
        var plain = await load.EndedAsync();

        var balance = await Balance.OfAsync(deployment, [.. plain, .. special]);

        balance.AssertHolds();
        Assert.All(plain, push => Assert.Equal(OutcomeKind.Accepted, Assert.Single(deployment.Ledger.Of(push)).Outcome));
        var outcomes = special.Select(push => Assert.Single(deployment.Ledger.Of(push))).ToList();
        Assert.Equal(
            [OutcomeKind.Unregistered, OutcomeKind.Rejected, OutcomeKind.Accepted, OutcomeKind.Unregistered, OutcomeKind.Unregistered, OutcomeKind.Accepted],
            outcomes.Select(result => result.Outcome));
        Assert.All([outcomes[2], outcomes[5]], flaky => Assert.Equal(3, flaky.Attempts));
        Assert.Equal([special[1].Id], deployment.Ledger.DeadLetters.Select(letter => letter.PushId!.Value));
        Assert.Equal(
            new[] { special[0], special[3], special[4] }.Select(push => push.Token).Order(),
            deployment.Ledger.InvalidTokens.Select(token => token.Token).Order());

        var worker = deployment.Worker(0);
        await worker.TerminateAsync();
        Assert.Equal(0, await worker.ExitedAsync());
        Assert.Equal(plain.Count + special.Count, deployment.Ledger.Committed());
    }
}
