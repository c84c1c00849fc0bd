using Dispatcher.Api.Dashboard;

namespace Dispatcher.Api.Tests.Dashboard;

public sealed class FiguresTests
{
    [Fact]
    public void What_the_page_does_not_tell_apart_is_added_up()
    {
        var figures = Figures.Read(
            """
            # TYPE dispatcher_attempt_duration_seconds histogram
            dispatcher_attempt_duration_seconds_bucket{dispatcher_provider="apns",dispatcher_app="a",dispatcher_outcome="accepted",le="0.1"} 2
            dispatcher_attempt_duration_seconds_bucket{dispatcher_provider="apns",dispatcher_app="b",dispatcher_outcome="rejected",le="0.1"} 3
            dispatcher_attempt_duration_seconds_bucket{dispatcher_provider="apns",dispatcher_app="b",dispatcher_outcome="rejected",le="+Inf"} 4
            dispatcher_attempt_duration_seconds_sum{dispatcher_provider="apns",dispatcher_app="b",dispatcher_outcome="rejected"} 0.5
            process_cpu_seconds_total 5
            """);

        var (metric, found) = Assert.Single(figures.All);
        Assert.Equal("dispatcher_attempt_duration_seconds_bucket", metric);
        Assert.Equal([("0.1", 5.0), ("+Inf", 4.0)], found.Select(figure => (figure["le"], figure.Value)));
    }

    [Fact]
    public void Names_are_read_as_they_were_written()
    {
        var figures = Figures.Read("dispatcher_app_in_flight{dispatcher_app=\"a\\\"b\\\\c\\nd,e}=\\\"\"} 7 1700000000000\n");

        var figure = Assert.Single(Assert.Single(figures.All).Figures);
        Assert.Equal(("a\"b\\c\nd,e}=\"", 7.0), (figure["dispatcher_app"], figure.Value));
    }

    [Theory]
    [InlineData("dispatcher_lane_lag{dispatcher_lane=\"apns.urgent\"} NaN")]
    [InlineData("dispatcher_lane_lag{dispatcher_lane=\"apns.urgent\"} +Inf")]
    [InlineData("dispatcher_lane_lag{dispatcher_lane=\"apns.urgent\"}")]
    [InlineData("dispatcher_lane_lag{dispatcher_lane=\"apns.urgent} 1")]
    [InlineData("dispatcher_lane_lag{dispatcher_lane=\"apns.urgent\"")]
    [InlineData("dispatcher_lane_lag{dispatcher_lane")]
    [InlineData("dispatcher_lane_lag{")]
    [InlineData("dispatcher_lane_lag")]
    [InlineData("dispatcher_lane_lag ")]
    [InlineData("dispatcher_lane_lag{a=\"\\")]
    [InlineData("<html><body>Hello</body></html>")]
    [InlineData("")]
    public void What_is_no_sample_is_passed_over(string line)
    {
        var figures = Figures.Read($"{line}\ndispatcher_lane_queued{{dispatcher_lane=\"apns.urgent\"}} 1\n");

        Assert.Equal("dispatcher_lane_queued", Assert.Single(figures.All).Metric);
    }

    [Fact]
    public void Metrics_of_another_program_are_of_no_instance()
    {
        var instance = Instance.Of("http://worker:8081", default, "go_goroutines 12\n", problem: null);

        Assert.Equal((null, "answers, but not as an instance of Dispatcher"), (instance.Figures, instance.Problem));
    }
}
