using System.Text.Json;
using Dispatcher.Cli.Load;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Session;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.Tests.Load;

public sealed class LoadPlanTests
{
    internal static LoadPlan Plan(int count, int targets = 1, double? rate = null, double dead = 0, int concurrency = 1) => new()
    {
        Count = count,
        Rate = rate,
        Targets = targets,
        Concurrency = concurrency,
        Dead = dead,
        Apps = [new SessionApp("ios", Provider.Apns), new SessionApp("android", Provider.Fcm)],
    };

    [Fact]
    public void The_last_request_has_what_is_left()
    {
        var plan = Plan(count: 25, targets: 10);
        Assert.Equal(3, plan.Requests);
        Assert.Equal([10, 10, 5], Enumerable.Range(0, 3).Select(plan.TargetsOf));
    }

    [Fact]
    public void The_rate_is_one_of_pushes_not_of_requests() =>
        Assert.Equal(TimeSpan.FromSeconds(1), Plan(count: 1000, targets: 10, rate: 100).DueAfter(10));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.05, 50)]
    [InlineData(1, 1000)]
    public void The_dead_are_exactly_their_share_and_spread(double share, int dead)
    {
        var plan = Plan(count: 1000, dead: share);
        Assert.Equal(dead, Enumerable.Range(0, 1000).Count(plan.IsDead));
        Assert.Equal(dead / 10, Enumerable.Range(0, 100).Count(plan.IsDead));
    }

    [Fact]
    public void Bodies_hold_every_push_with_a_token_its_provider_may_have_given()
    {
        var plan = Plan(count: 25, targets: 10, dead: 0.2);
        var bodies = new LoadBodies(plan);
        var targets = Enumerable.Range(0, plan.Requests)
            .SelectMany(request => JsonDocument.Parse(bodies[request]).RootElement.GetProperty("to").EnumerateArray())
            .Select(target => (App: target.GetProperty("app").GetString(), Token: target.GetProperty("token").GetString()!))
            .ToArray();

        Assert.Equal(25, targets.Length);
        Assert.Equal(25, targets.Distinct().Count());
        Assert.All(targets, target =>
            Assert.Null(DeviceToken.Problem(target.App == "ios" ? Provider.Apns : Provider.Fcm, target.Token)));
        Assert.Equal(5, targets.Count(target => target.Token.StartsWith("fa114100", StringComparison.Ordinal)
            || target.Token.StartsWith("fail-404-UNREGISTERED", StringComparison.Ordinal)));
    }

    [Fact]
    public void Apps_come_from_the_session_or_say_their_provider()
    {
        SessionApp[] known = [new("ios", Provider.Apns)];
        Assert.Equal(known, LoadOptions.Apps(null, known));
        Assert.Equal([known[0], new SessionApp("web", Provider.Fcm)], LoadOptions.Apps("ios, web:fcm", known));
        Assert.Throws<CommandFailedException>(() => LoadOptions.Apps(null, []));
        Assert.Throws<CommandFailedException>(() => LoadOptions.Apps("web", known));
        Assert.Throws<CommandFailedException>(() => LoadOptions.Apps("web:hms", known));
    }
}
