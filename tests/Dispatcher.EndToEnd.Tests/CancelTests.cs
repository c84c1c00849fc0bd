using System.Net;
using Dispatcher.Chaos.Stage;
using Dispatcher.Core.Sending;
using Dispatcher.EndToEnd.Tests.Stage;

namespace Dispatcher.EndToEnd.Tests;

/// <summary>Pushes for later, of which half are cancelled by another API than the one that took them, with two workers.</summary>
public sealed class CancelTests
{
    private const int Pushes = 200;

    [Fact]
    public async Task What_is_cancelled_never_reaches_a_provider_and_the_rest_does_once_and_not_early()
    {
        await using var deployment = await Deployment.StartAsync(new() { Workers = 2 });
        var other = await deployment.AddApiAsync();
        var targets = Enumerable.Range(0, Pushes)
            .Select(index => index % 2 == 0 ? Deployment.Ios : Deployment.Android)
            .Select(app => (app, Load.Token(app)))
            .ToList();

        // Far enough ahead for a hundred requests on a busy machine; near enough that the waits pass through the tiers of a second.
        var sendAt = TimeProvider.System.GetUtcNow().AddSeconds(20);
        var pushes = await deployment.Api.PushAsync(targets, sendAt: sendAt);
        var cancelled = pushes.Where((_, index) => index / 2 % 2 == 0).ToList();
        var answers = await Task.WhenAll(cancelled.Chunk(25).Select(async some =>
        {
            var codes = new List<HttpStatusCode>();
            foreach (var push in some)
                codes.Add(await other.CancelAsync(push.Id));
            return codes;
        }));
        Assert.All(answers.SelectMany(codes => codes), code => Assert.Equal(HttpStatusCode.OK, code));

        var balance = await Balance.OfAsync(deployment, [.. pushes]);

        balance.AssertHolds();
        Assert.Equal((Pushes / 2, Pushes / 2), (cancelled.Count, pushes.Except(cancelled).Count()));
        Assert.All(cancelled, push => Assert.Equal(
            (OutcomeKind.Cancelled, 0), Assert.Single(deployment.Ledger.Of(push)) is var result ? (result.Outcome, result.Attempts) : default));
        Assert.All(pushes.Except(cancelled), push => Assert.Equal(OutcomeKind.Accepted, Assert.Single(deployment.Ledger.Of(push)).Outcome));
        var accepted = await deployment.Simulator.AcceptedAsync();
        Assert.Equal(pushes.Except(cancelled).Select(push => push.Token).Order(), accepted.Keys.Order());
        Assert.All(accepted.Values, times => Assert.Equal(1, times));
        await foreach (var answer in deployment.Simulator.AnswersAsync())
            Assert.True(answer.ReceivedAt >= sendAt, $"it came {sendAt - answer.ReceivedAt} early");
    }
}
