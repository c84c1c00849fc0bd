using Dispatcher.Core.Sending.Limits;

namespace Dispatcher.Core.Tests.Sending.Limits;

public sealed class LimitOptionsTests
{
    public static TheoryData<string, LimitOptions> AtTheEdge => new()
    {
        { "lowest", new() { MinConcurrency = 1, MaxConcurrency = 1, LatencyTolerance = 1.1, ApnsPerMinute = 1, FcmPerMinute = 1, Ramp = TimeSpan.Zero, MisconfiguredPause = S(1), ThrottledPause = S(1), TokenPause = S(1), RetryShare = 0, RetryReserve = 0, DeadLetterCredits = 1, DeadLetterInterval = S(1) } },
        { "highest", new() { MinConcurrency = 1000, MaxConcurrency = 20_000, LatencyTolerance = 20, ApnsPerMinute = 100_000_000, FcmPerMinute = 100_000_000, Ramp = S(600), MisconfiguredPause = S(600), ThrottledPause = S(3600), TokenPause = S(900), RetryShare = 1, RetryReserve = 10_000, DeadLetterCredits = 1_000_000, DeadLetterInterval = S(86_400) } },
    };

    public static TheoryData<string, LimitOptions> BeyondIt => new()
    {
        { "Limits:MinConcurrency 0", new() { MinConcurrency = 0 } },
        { "Limits:MinConcurrency 1001", new() { MinConcurrency = 1001, MaxConcurrency = 1001 } },
        { "Limits:MaxConcurrency 9 must be Limits:MinConcurrency (10)", new() { MaxConcurrency = 9 } },
        { "Limits:MaxConcurrency 20001", new() { MaxConcurrency = 20_001 } },
        { "Limits:LatencyTolerance 1", new() { LatencyTolerance = 1 } },
        { "Limits:LatencyTolerance NaN", new() { LatencyTolerance = double.NaN } },
        { "Limits:ApnsPerMinute 0", new() { ApnsPerMinute = 0 } },
        { "Limits:FcmPerMinute 100000001", new() { FcmPerMinute = 100_000_001 } },
        { "Limits:Ramp 00:10:01", new() { Ramp = S(601) } },
        { "Limits:MisconfiguredPause 00:10:01", new() { MisconfiguredPause = S(601) } },
        { "Limits:ThrottledPause 01:00:01", new() { ThrottledPause = S(3601) } },
        { "Limits:TokenPause 00:15:01", new() { TokenPause = S(901) } },
        { "Limits:RetryShare NaN", new() { RetryShare = double.NaN } },
        { "Limits:RetryReserve -1", new() { RetryReserve = -1 } },
        { "Limits:DeadLetterCredits 0", new() { DeadLetterCredits = 0 } },
        { "Limits:DeadLetterInterval 1.00:00:01", new() { DeadLetterInterval = S(86_401) } },
    };

    [Fact]
    public void Defaults_are_valid() => Assert.Empty(new LimitOptions().Validate());

    [Theory]
    [MemberData(nameof(AtTheEdge))]
    public void Values_at_the_edge_are_valid(string edge, LimitOptions options)
    {
        Assert.NotNull(edge);
        Assert.Empty(options.Validate());
    }

    [Theory]
    [MemberData(nameof(BeyondIt))]
    public void A_value_beyond_it_is_named(string expected, LimitOptions options) =>
        Assert.StartsWith(expected, Assert.Single(options.Validate()), StringComparison.Ordinal);

    private static TimeSpan S(int seconds) => TimeSpan.FromSeconds(seconds);
}
