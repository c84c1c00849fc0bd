namespace Dispatcher.Worker.Tests;

public sealed class WorkerOptionsTests
{
    [Theory]
    [InlineData(0, "00:01:00", "00:00:01", null)]
    [InlineData(1_000_000, "7.00:00:00", "00:02:00", null)]
    [InlineData(-1, "1.00:00:00", "00:00:10", "Worker:RepeatKeys -1 must be 0 to 1000000.")]
    [InlineData(1_000_001, "1.00:00:00", "00:00:10", "Worker:RepeatKeys 1000001 must be 0 to 1000000.")]
    [InlineData(1, "00:00:59", "00:00:10", "Worker:RepeatWindow 00:00:59 must be 1 min to 7 days.")]
    [InlineData(1, "7.00:00:01", "00:00:10", "Worker:RepeatWindow 7.00:00:01 must be 1 min to 7 days.")]
    [InlineData(1, "1.00:00:00", "00:00:00.9990000", "Worker:RepeatTailTimeout 00:00:00.9990000 must be 1 s to 2 min.")]
    [InlineData(1, "1.00:00:00", "00:02:01", "Worker:RepeatTailTimeout 00:02:01 must be 1 s to 2 min.")]
    public void What_is_remembered_of_repetitions_has_bounds(int keys, string window, string timeout, string? problem)
    {
        var options = new WorkerOptions { RepeatKeys = keys, RepeatWindow = TimeSpan.Parse(window, null), RepeatTailTimeout = TimeSpan.Parse(timeout, null) };

        Assert.Equal(problem, options.Validate().SingleOrDefault());
    }
}
