using Dispatcher.Core.Sending;
using Dispatcher.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Dispatcher.Core.Tests.Sending;

/// <summary>Whose trouble a failure is, against naive readings of all answers so far. Invariant 14, Bulkhead.</summary>
public sealed class EndpointProperties
{
    private static readonly SendingOptions Options = new() { BreakerMinimumAttempts = 4, BreakerWindow = TimeSpan.FromSeconds(10) };

    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(2_000);

    /// <summary>A step: an app's attempt ends after a while.</summary>
    private readonly record struct Step(string App, BreakerSignal Signal, double After);

    private static Arbitrary<Step[]> AnySteps { get; } = Sending.Steps.Of(
        from app in Gen.Elements("a", "b", "c")
        from signal in Gen.Frequency(
            (3, Gen.Constant(BreakerSignal.Failure)), (2, Gen.Constant(BreakerSignal.Success)), (1, Gen.Constant(BreakerSignal.Neutral)))
        from after in Gen.Elements(0, 0.001, 0.5, 3, 7, 30)
        select new Step(app, signal, after));

    [Fact]
    public void Only_a_failure_is_anybodys() => Check(apps: 3, (_, step, blame) =>
        step.Signal == BreakerSignal.Failure || blame == Blame.Nobody);

    /// <summary>Nobody is blamed on little evidence: at least the minimum of attempts, of which enough failed, within the window at its widest.</summary>
    [Fact]
    public void Nobody_is_blamed_before_there_is_evidence() => Check(apps: 3, (past, step, blame) =>
    {
        var seen = past.Where(answer => answer.Signal != BreakerSignal.Neutral && (blame == Blame.Endpoint || answer.App == step.App)).ToList();
        return blame == Blame.Nobody
            || (seen.Count >= Options.BreakerMinimumAttempts && seen.Any(answer => answer.Signal == BreakerSignal.Failure));
    });

    /// <summary>An endpoint that serves somebody right now is not down.</summary>
    [Fact]
    public void Bulkhead_the_endpoint_is_not_blamed_by_one_app_alone() => Check(apps: 3, (past, _, blame) =>
        blame != Blame.Endpoint || past.Where(answer => answer.Signal == BreakerSignal.Failure).Select(answer => answer.App).Distinct().Count() > 1);

    [Fact]
    public void Of_a_single_app_all_trouble_is_the_endpoints() => Prop.ForAll(AnySteps, steps =>
    {
        var (time, judged) = (new FakeTimeProvider(), new List<Blame>());
        var endpoint = new Endpoint("apns.production", () => 1, () => Options, time);
        foreach (var step in steps)
        {
            time.Advance(TimeSpan.FromSeconds(step.After));
            judged.Add(endpoint.Judge("a", step.Signal, time.GetTimestamp()));
        }

        return !judged.Contains(Blame.App);
    }).Check(Runs);

    /// <summary>While it is down, a probe that fails keeps it so, unless another app was served since.</summary>
    [Fact]
    public void A_probe_that_fails_is_the_endpoints() => Check(apps: 3, (past, step, blame) =>
        step.Signal != BreakerSignal.Failure
        || blame == Blame.Endpoint
        || past.Any(answer => answer.App != step.App && answer.Signal == BreakerSignal.Success), isDown: true);

    private static void Check(int apps, Func<IReadOnlyList<Step>, Step, Blame, bool> isRight, bool isDown = false) => Prop.ForAll(AnySteps, steps =>
    {
        var (time, past) = (new FakeTimeProvider(), new List<Step>());
        var endpoint = new Endpoint("apns.production", () => apps, () => Options, time);
        if (isDown)
            endpoint.Breaker.Concluded(pass: 0, Blame.Endpoint, answered: false);
        foreach (var step in steps)
        {
            time.Advance(TimeSpan.FromSeconds(step.After));
            past.Add(step);
            if (!isRight(past, step, endpoint.Judge(step.App, step.Signal, time.GetTimestamp())))
                return false;
        }

        return true;
    }).Check(Runs);
}
