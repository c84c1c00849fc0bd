using Dispatcher.Core.Sending;

namespace Dispatcher.Core.Tests.Sending;

public sealed class SendingOptionsTests
{
    [Fact]
    public void The_defaults_are_valid() => Assert.Empty(new SendingOptions().Validate());

    [Fact]
    public void The_limits_themselves_are_valid()
    {
        Assert.Empty(new SendingOptions
        {
            AttemptTimeout = TimeSpan.FromSeconds(1),
            QuickRetries = 0,
            QuickRetryDelay = TimeSpan.FromMilliseconds(10),
            BreakerFailureRatio = 0.05,
            BreakerMinimumAttempts = 2,
            BreakerWindow = TimeSpan.FromSeconds(1),
            BreakDuration = TimeSpan.FromSeconds(0.5),
        }.Validate());
        Assert.Empty(new SendingOptions
        {
            AttemptTimeout = TimeSpan.FromMinutes(2),
            QuickRetries = 5,
            QuickRetryDelay = TimeSpan.FromSeconds(1),
            BreakerFailureRatio = 1,
            BreakerMinimumAttempts = 10_000,
            BreakerWindow = TimeSpan.FromMinutes(5),
            BreakDuration = TimeSpan.FromMinutes(5),
        }.Validate());
    }

    public static TheoryData<string, Action<SendingOptions>> OutOfRange => new()
    {
        { "Sending:AttemptTimeout 00:00:00.9990000 must be 1 s to 2 min.", options => options.AttemptTimeout = TimeSpan.FromMilliseconds(999) },
        { "Sending:AttemptTimeout 00:02:01 must be 1 s to 2 min.", options => options.AttemptTimeout = TimeSpan.FromSeconds(121) },
        { "Sending:QuickRetries -1 must be 0 to 5.", options => options.QuickRetries = -1 },
        { "Sending:QuickRetries 6 must be 0 to 5.", options => options.QuickRetries = 6 },
        { "Sending:QuickRetryDelay 00:00:00.0090000 must be 10 ms to 1 s.", options => options.QuickRetryDelay = TimeSpan.FromMilliseconds(9) },
        { "Sending:QuickRetryDelay 00:00:02 must be 10 ms to 1 s.", options => options.QuickRetryDelay = TimeSpan.FromSeconds(2) },
        { "Sending:BreakerFailureRatio 0.04 must be 0.05 to 1.", options => options.BreakerFailureRatio = 0.04 },
        { "Sending:BreakerFailureRatio 1.1 must be 0.05 to 1.", options => options.BreakerFailureRatio = 1.1 },
        { "Sending:BreakerFailureRatio NaN must be 0.05 to 1.", options => options.BreakerFailureRatio = double.NaN },
        { "Sending:BreakerMinimumAttempts 1 must be 2 to 10000.", options => options.BreakerMinimumAttempts = 1 },
        { "Sending:BreakerMinimumAttempts 10001 must be 2 to 10000.", options => options.BreakerMinimumAttempts = 10_001 },
        { "Sending:BreakerWindow 00:00:00 must be 1 s to 5 min.", options => options.BreakerWindow = TimeSpan.Zero },
        { "Sending:BreakerWindow 00:06:00 must be 1 s to 5 min.", options => options.BreakerWindow = TimeSpan.FromMinutes(6) },
        { "Sending:BreakDuration 00:00:00.4000000 must be 0.5 s to 5 min.", options => options.BreakDuration = TimeSpan.FromSeconds(0.4) },
        { "Sending:BreakDuration 00:05:01 must be 0.5 s to 5 min.", options => options.BreakDuration = TimeSpan.FromSeconds(301) },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void A_value_out_of_range_is_named_with_its_range(string problem, Action<SendingOptions> change)
    {
        var options = new SendingOptions();
        change(options);

        Assert.Equal([problem], options.Validate());
    }

    [Fact]
    public void Everything_wrong_is_listed() =>
        Assert.Equal(2, new SendingOptions { QuickRetries = 9, BreakerFailureRatio = 0 }.Validate().Count());
}
