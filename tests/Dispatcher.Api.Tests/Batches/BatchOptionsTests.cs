using Dispatcher.Api.Batches;

namespace Dispatcher.Api.Tests.Batches;

public sealed class BatchOptionsTests
{
    [Fact]
    public void The_defaults_are_right() => Assert.Empty(new BatchOptions().Validate());

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, null)]
    [InlineData(10_000, null)]
    [InlineData(10_001, "10001")]
    public void Batches_at_once_have_bounds(int value, string? said) => Check(new BatchOptions { MaxConcurrent = value }, "MaxConcurrent", said);

    [Theory]
    [InlineData(999, "999")]
    [InlineData(1000, null)]
    [InlineData(50_000, null)]
    [InlineData(50_001, "50001")]
    public void Pushes_in_flight_have_bounds(int value, string? said) => Check(new BatchOptions { MaxInFlight = value }, "MaxInFlight", said);

    [Theory]
    [InlineData(0.9, "00:00:00.9000000")]
    [InlineData(1, null)]
    [InlineData(300, null)]
    [InlineData(301, "00:05:01")]
    public void Timeouts_have_bounds(double seconds, string? said)
    {
        Check(new BatchOptions { ReadTimeout = TimeSpan.FromSeconds(seconds) }, "ReadTimeout", said);
        Check(new BatchOptions { WriteTimeout = TimeSpan.FromSeconds(seconds) }, "WriteTimeout", said);
    }

    private static void Check(BatchOptions options, string name, string? said)
    {
        if (said is null)
            Assert.Empty(options.Validate());
        else
            Assert.StartsWith($"Batches:{name} {said} must be ", Assert.Single(options.Validate()), StringComparison.Ordinal);
    }
}
