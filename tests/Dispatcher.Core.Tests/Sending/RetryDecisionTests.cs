using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Core.Tests.Sending;

/// <summary>Invariant 2 (every push ends) and 11 (never before it may), as far as the decision goes.</summary>
public sealed class RetryDecisionTests
{
    private static readonly DateTimeOffset Accepted = new(2026, 11, 1, 8, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan[] Tiers =
        [TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1)];

    private static readonly RetryOptions Options = new();

    private static readonly Dictionary<string, SendOutcome> Outcomes = new()
    {
        ["throttled"] = new SendOutcome.Throttled(ThrottleScope.App),
        ["unavailable"] = new SendOutcome.Unavailable(),
        ["ambiguous"] = new SendOutcome.Ambiguous(),
        ["notSent"] = new SendOutcome.NotSent(EndpointAtFault: true),
        ["misconfigured"] = new SendOutcome.Misconfigured(),
    };

    /// <summary>Without jitter; ages in seconds since the push was accepted, which is also when it failed first.</summary>
    [Theory]
    // The waits are the tiers in turn, the last one again and again.
    [InlineData("unavailable", null, 3, 0, 0, null, RetryStep.Delay, 10)]
    [InlineData("unavailable", null, 4, 1, 10, null, RetryStep.Delay, 60)]
    [InlineData("unavailable", null, 5, 2, 70, null, RetryStep.Delay, 600)]
    [InlineData("unavailable", null, 6, 3, 670, null, RetryStep.Delay, 3600)]
    [InlineData("unavailable", null, 7, 4, 4270, null, RetryStep.Delay, 3600)]
    [InlineData("throttled", null, 1, 0, 0, null, RetryStep.Delay, 10)]
    [InlineData("ambiguous", null, 2, 1, 0, null, RetryStep.Delay, 60)]
    // What never left has not used a wait up, and what is our fault has a wait of its own.
    [InlineData("notSent", null, 5, 3, 0, null, RetryStep.Delay, 10)]
    [InlineData("misconfigured", null, 5, 3, 0, null, RetryStep.Delay, 60)]
    // What the provider says is a lower bound.
    [InlineData("throttled", null, 1, 0, 0, 5, RetryStep.Delay, 10)]
    [InlineData("throttled", null, 1, 0, 0, 30, RetryStep.Delay, 33)]
    [InlineData("unavailable", null, 1, 0, 0, 7200, RetryStep.Delay, 7920)]
    [InlineData("misconfigured", null, 0, 0, 0, 120, RetryStep.Delay, 132)]
    // The attempts are used up, or the time of a push without a time to live.
    [InlineData("unavailable", null, 8, 5, 60, null, RetryStep.Exhaust, 0)]
    [InlineData("throttled", null, 9, 5, 60, null, RetryStep.Exhaust, 0)]
    [InlineData("unavailable", null, 7, 4, 86_400, null, RetryStep.Exhaust, 0)]
    [InlineData("unavailable", null, 7, 4, 86_400 - 3_600, null, RetryStep.Exhaust, 0)]
    [InlineData("unavailable", null, 7, 4, 86_400 - 3_601, null, RetryStep.Delay, 3600)]
    [InlineData("throttled", null, 1, 0, 0, 86_400, RetryStep.Exhaust, 0)]
    // Neither our own fault nor what never left makes a dead letter.
    [InlineData("notSent", null, 7, 4, 2_000_000, null, RetryStep.Delay, 10)]
    [InlineData("notSent", null, 9, 5, 60, null, RetryStep.Delay, 10)]
    [InlineData("misconfigured", null, 0, 0, 2_000_000, null, RetryStep.Delay, 60)]
    [InlineData("misconfigured", null, 9, 5, 60, null, RetryStep.Delay, 60)]
    // The time to live has ended, or will have when the push comes back.
    [InlineData("unavailable", 100, 1, 0, 0, null, RetryStep.Delay, 10)]
    [InlineData("unavailable", 100, 1, 0, 89, null, RetryStep.Delay, 10)]
    [InlineData("unavailable", 100, 1, 0, 90, null, RetryStep.Expire, 0)]
    [InlineData("unavailable", 100, 1, 0, 500, null, RetryStep.Expire, 0)]
    [InlineData("throttled", 100, 1, 0, 0, 200, RetryStep.Expire, 0)]
    [InlineData("misconfigured", 100, 0, 0, 50, null, RetryStep.Expire, 0)]
    [InlineData("notSent", 100, 0, 0, 95, null, RetryStep.Expire, 0)]
    [InlineData("unavailable", 2_419_200, 1, 0, 500_000, null, RetryStep.Delay, 10)]
    [InlineData("unavailable", 100, 8, 0, 0, null, RetryStep.Exhaust, 0)]
    // Now or never.
    [InlineData("unavailable", 0, 1, 0, 0, null, RetryStep.Expire, 0)]
    [InlineData("misconfigured", 0, 0, 0, 0, null, RetryStep.Expire, 0)]
    [InlineData("notSent", 0, 0, 0, 0, null, RetryStep.Expire, 0)]
    public void What_becomes_of_a_push(
        string outcome, int? timeToLive, int attempts, int retries, int age, int? told, RetryStep step, int wait)
    {
        var now = Accepted.AddSeconds(age);
        var last = Outcomes[outcome] with { RetryAfter = told is { } seconds ? TimeSpan.FromSeconds(seconds) : null };

        var plan = new RetryDecision(Options, Tiers).Next(Push(timeToLive), last, new RetryHistory(attempts, retries, Accepted), now, 0.5);

        Assert.Equal((step, now.AddSeconds(wait)), (plan.Step, plan.NotBefore));
    }

    /// <summary>An outage makes a backlog and not dead letters: what waited in its lane for two days fails for the first time now.</summary>
    [Fact]
    public void The_age_of_a_push_counts_from_its_first_failure()
    {
        var now = Accepted.AddDays(2);

        var plan = new RetryDecision(Options, Tiers).Next(Push(null), Outcomes["unavailable"], new RetryHistory(3, 0, now), now, 0.5);

        Assert.Equal((RetryStep.Delay, now.AddSeconds(10)), (plan.Step, plan.NotBefore));
    }

    [Theory]
    [InlineData(0.0, 8)]
    [InlineData(1.0, 12)]
    public void Waits_are_spread_by_a_fifth(double chance, int seconds) => Assert.Equal(
        Accepted.AddSeconds(seconds),
        new RetryDecision(Options, Tiers).Next(Push(null), Outcomes["unavailable"], new RetryHistory(1, 0, Accepted), Accepted, chance).NotBefore);

    /// <summary>While too few others succeed, a push that had all its attempts becomes no dead letter: it rests, as long as anybody says.</summary>
    [Theory]
    [InlineData(null, null, RetryStep.Delay, 3_600)]
    [InlineData(null, 7_200, RetryStep.Delay, 7_920)]
    [InlineData(3_601, null, RetryStep.Delay, 3_600)]
    [InlineData(3_600, null, RetryStep.Expire, 0)]
    [InlineData(3_601, 7_200, RetryStep.Expire, 0)]
    public void A_push_that_may_not_become_a_dead_letter_yet_rests(int? timeToLive, int? told, RetryStep step, int wait)
    {
        var last = Outcomes["unavailable"] with { RetryAfter = told is { } seconds ? TimeSpan.FromSeconds(seconds) : null };

        var plan = new RetryDecision(Options, Tiers).Rest(Push(timeToLive), last, Accepted, 0.5);

        Assert.Equal((step, wait), (plan.Step, (int)(plan.NotBefore - Accepted).TotalSeconds));
    }

    [Fact]
    public void No_wait_that_a_provider_asks_for_leaves_the_calendar()
    {
        var never = Outcomes["misconfigured"] with { RetryAfter = TimeSpan.MaxValue };

        var plan = new RetryDecision(Options, Tiers).Next(Push(null), never, new RetryHistory(0, 0, Accepted), Accepted, 1);

        Assert.True(plan.Step == RetryStep.Delay && plan.NotBefore > Accepted.AddYears(90));
    }

    [Fact]
    public void Every_decision_keeps_the_rules() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(5_000), Prop.ForAll(Cases.ToArbitrary(), c =>
    {
        var plan = new RetryDecision(c.Options, Tiers).Next(c.Push, c.Outcome, c.History, c.Now, c.Chance);
        var wait = plan.NotBefore - c.Now;
        var mayEnd = OutcomeTable.Traits(c.Outcome).BurnsAttempt;
        var planned = c.Outcome switch
        {
            SendOutcome.Misconfigured => c.Options.ParkDelay,
            SendOutcome.NotSent => Tiers[0],
            _ => Tiers[Math.Min(c.History.Retries, Tiers.Length - 1)],
        };
        var longest = c.Outcome.RetryAfter is { } told && told > planned * 0.8 ? TimeSpan.FromTicks(Math.Max(told.Ticks, planned.Ticks)) : planned;
        return plan.Step switch
        {
            RetryStep.Delay => wait >= (c.Outcome.RetryAfter ?? TimeSpan.Zero) // never before Retry-After
                && wait >= (planned * 0.8) - Tick && wait <= (longest * 1.2) + Tick
                && (c.Push.ExpiresAt is not { } end || plan.NotBefore < end)
                && (!mayEnd || c.History.Attempts < c.Options.MaxAttempts)
                && (!mayEnd || c.Push.ExpiresAt is not null || plan.NotBefore - c.History.FirstFailedAt < c.Options.MaxAge),
            RetryStep.Expire => c.Push.TimeToLive == 0 || c.Push.ExpiresAt <= c.Now + (longest * 1.2) + Tick,
            RetryStep.Exhaust => mayEnd && (c.History.Attempts >= c.Options.MaxAttempts
                || (c.Push.TimeToLive is null && c.Now + (longest * 1.2) + Tick - c.History.FirstFailedAt >= c.Options.MaxAge)),
            _ => false,
        };
    }));

    /// <summary>From the first failure to the end: an end comes, and no earlier attempt is made than any answer allowed.</summary>
    [Fact]
    public void Every_push_ends_by_attempts_or_by_time() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Lives.ToArbitrary(), life =>
    {
        var decision = new RetryDecision(Options, Tiers);
        var (attempts, retries, now) = (0, 0, Accepted);
        for (var round = 0; round < 20_000; round++)
        {
            var outcome = life.Outcomes[round % life.Outcomes.Length];
            var burns = OutcomeTable.Traits(outcome).BurnsAttempt;
            attempts += burns ? 1 : 0;
            var plan = decision.Next(Push(life.TimeToLive), outcome, new RetryHistory(attempts, retries, Accepted), now, life.Chance);
            if (plan.Step == RetryStep.Exhaust)
                return attempts == Options.MaxAttempts || (life.TimeToLive is null && now - Accepted >= Options.MaxAge - (Tiers[^1] * 1.2));
            if (plan.NotBefore < now + (Tiers[0] * 0.8))
                return plan.Step == RetryStep.Expire && life.TimeToLive is not null && attempts <= Options.MaxAttempts;
            retries += burns ? 1 : 0;
            now = plan.NotBefore;
        }

        return false;
    }));

    private static readonly TimeSpan Tick = TimeSpan.FromTicks(2); // what multiplying loses

    private sealed record Case(RetryOptions Options, PushNotification Push, SendOutcome Outcome, RetryHistory History, DateTimeOffset Now, double Chance);

    private static Gen<Case> Cases { get; } =
        from maxAttempts in Gen.Choose(1, 50)
        from maxAge in Gen.Choose(60, 2_592_000)
        from park in Gen.Choose(1, 3_600)
        from timeToLive in Gen.Choose(-50, 2_000)
        from outcome in Gen.Elements<SendOutcome>(Outcomes.Values)
        from told in Gen.Choose(-100, 10_000)
        from attempts in Gen.Choose(0, 60)
        from retries in Gen.Choose(0, 10)
        from age in Gen.Choose(0, 100_000)
        from failing in Gen.Choose(0, 100_000)
        from chance in Gen.Choose(0, 1000)
        select new Case(
            new RetryOptions { MaxAttempts = maxAttempts, MaxAge = TimeSpan.FromSeconds(maxAge), ParkDelay = TimeSpan.FromSeconds(park) },
            Push(timeToLive < 0 ? null : timeToLive),
            outcome with { RetryAfter = told < 0 ? null : TimeSpan.FromSeconds(told) },
            new RetryHistory(attempts, retries, Accepted.AddSeconds(age - Math.Min(failing, age))),
            Accepted.AddSeconds(age),
            chance / 1000.0);

    private static Gen<(SendOutcome[] Outcomes, int? TimeToLive, double Chance)> Lives { get; } =
        from outcomes in Gen.Elements<SendOutcome>(Outcomes.Values).NonEmptyListOf()
        where outcomes.Any(outcome => OutcomeTable.Traits(outcome).BurnsAttempt) // else only a time to live ends it
        from timeToLive in Gen.Choose(-1_000, 90_000)
        from chance in Gen.Choose(0, 1000)
        select (outcomes.ToArray(), timeToLive < 0 ? (int?)null : timeToLive, chance / 1000.0);

    private static PushNotification Push(int? timeToLive) => new()
    {
        Id = new Guid("0199c2a8-7b1c-7def-8000-000000000001"),
        App = "shop-ios",
        Target = Target.Token("7f3a7f3a7f3a7f3a"),
        AcceptedAt = Accepted,
        TimeToLive = timeToLive,
    };
}
