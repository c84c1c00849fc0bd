using System.Text.Json;
using Dispatcher.Core.Telemetry.Health;

namespace Dispatcher.Core.Tests.Telemetry.Health;

public sealed class HealthReportTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(new HealthStatus[0], "pass", 200)]
    [InlineData(new[] { HealthStatus.Pass, HealthStatus.Pass }, "pass", 200)]
    [InlineData(new[] { HealthStatus.Warn, HealthStatus.Pass }, "warn", 200)]
    [InlineData(new[] { HealthStatus.Warn, HealthStatus.Fail }, "fail", 503)]
    public void The_whole_is_as_bad_as_the_worst_and_who_warns_still_works(HealthStatus[] statuses, string word, int httpStatus)
    {
        var report = new HealthReport("test", [.. statuses.Select(status => new HealthCheck("a:b", null, status))], Now);

        Assert.Equal((word, httpStatus), (JsonElement.Parse(report.ToJson()).GetProperty("status").GetString(), report.HttpStatus));
    }

    [Fact]
    public void Checks_of_one_name_are_one_list_and_what_is_not_known_is_left_out()
    {
        var report = new HealthReport(
            "test",
            [
                new("app:credential", "shop", HealthStatus.Warn, "it rests") { Details = [("tokenAge", TimeSpan.FromMinutes(1.5)), ("certificateEnds", null), ("paused", (string[])["full"])] },
                new("app:credential", "other", HealthStatus.Pass) { ObservedValue = 2.00049, ObservedUnit = "s", Details = [("lag", 3L), ("ends", Now)] },
            ],
            Now);

        var checks = JsonElement.Parse(report.ToJson()).GetProperty("checks").GetProperty("app:credential");

        Assert.Equal(
            """{"componentId":"shop","status":"warn","output":"it rests","tokenAge":90,"paused":["full"],"time":"2026-11-21T12:00:00.000Z"}""",
            JsonSerializer.Serialize(checks[0]));
        Assert.Equal(
            """{"componentId":"other","status":"pass","observedValue":2,"observedUnit":"s","lag":3,"ends":"2026-11-21T12:00:00.000Z","time":"2026-11-21T12:00:00.000Z"}""",
            JsonSerializer.Serialize(checks[1]));
    }
}
