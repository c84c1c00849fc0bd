using System.Net;
using System.Text.Json;
using Dispatcher.Api.Dashboard;
using Dispatcher.Testing;
using Microsoft.AspNetCore.Http;

namespace Dispatcher.Api.Tests.Dashboard;

public sealed class InstanceSurveyTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Everybody_is_in_it_the_missing_with_the_reason()
    {
        await using var worker = await FakeInstance.StartAsync(FakeInstance.Build("worker", "w1") + "dispatcher_lane_lag{dispatcher_lane=\"apns.urgent\"} 5\n");
        await using var garbage = await FakeInstance.StartAsync("<html>");
        using var survey = Survey(worker.Url, garbage.Url);

        var found = await InstancesAsync(survey);

        Assert.Equal(["this API", worker.Url, garbage.Url], found.Select(one => one.GetProperty("address").GetString()));
        Assert.Equal(("api", "worker"), (Text(found[0], "role"), Text(found[1], "role")));
        var lag = Assert.Single(found[1].GetProperty("metrics").GetProperty("dispatcher_lane_lag").EnumerateArray());
        Assert.Equal(("apns.urgent", 5), (Text(lag, "dispatcher_lane"), lag.GetProperty("value").GetInt32()));
        Assert.Equal("answers, but not as an instance of Dispatcher", Text(found[2], "problem"));
        Assert.False(found[2].TryGetProperty("metrics", out _));
    }

    [Fact]
    public async Task Who_is_found_twice_counts_once_and_so_does_this_process()
    {
        await using var self = await FakeInstance.StartAsync(FakeInstance.Build("api", "self"));
        await using var worker = await FakeInstance.StartAsync(FakeInstance.Build("worker", "w1"));
        using var survey = Survey(self.Url, worker.Url, worker.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal));

        Assert.Equal(["self", "w1"], (await InstancesAsync(survey)).Select(one => Text(one, "id")));
    }

    [Fact]
    public async Task All_viewers_share_one_look()
    {
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var worker = await FakeInstance.StartAsync(async context =>
        {
            asked.TrySetResult();
            await answer.Task;
            await context.Response.WriteAsync(FakeInstance.Build("worker", "w1"));
        });
        using var survey = Survey(worker.Url);

        var first = survey.ReadAsync(null);
        await asked.Task;
        var second = survey.ReadAsync(null);
        answer.SetResult();
        Assert.Same(await first, await second);
        Assert.Same(await first, await survey.ReadAsync(null));
        Assert.Equal(1, worker.Questions);
    }

    [Fact]
    public async Task After_a_second_it_looks_again_and_not_before_somebody_asks()
    {
        await using var worker = await FakeInstance.StartAsync(FakeInstance.Build("worker", "w1"));
        using var survey = Survey(worker.Url);
        Assert.Equal(0, worker.Questions);

        await survey.ReadAsync(null);
        _time.Advance(InstanceSurvey.Pause - TimeSpan.FromTicks(1));
        await survey.ReadAsync(null);
        Assert.Equal(1, worker.Questions);

        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(1, worker.Questions);
        await survey.ReadAsync(null);
        Assert.Equal(2, worker.Questions);
    }

    [Fact]
    public async Task Too_many_are_not_asked_and_that_is_said()
    {
        var options = new DashboardOptions { Instances = ["http://worker:1"] };
        var addresses = Enumerable.Range(0, 300).Select(i => new IPAddress([127, 0, 1, (byte)(i % 256)])).Concat([IPAddress.Parse("127.0.2.1")]).Distinct().ToArray();
        using var survey = new InstanceSurvey(() => FakeInstance.Build("api", "self"), options, (_, _) => Task.FromResult(addresses), _time);

        var report = JsonElement.Parse(await survey.ReadAsync(null));

        Assert.Equal((1, 257), (report.GetProperty("left").GetInt32(), report.GetProperty("instances").GetArrayLength()));
    }

    private InstanceSurvey Survey(params string[] urls) =>
        new(() => FakeInstance.Build("api", "self"), new DashboardOptions { Instances = urls }, Dns.GetHostAddressesAsync, _time);

    private static async Task<JsonElement[]> InstancesAsync(InstanceSurvey survey) =>
        [.. JsonElement.Parse(await survey.ReadAsync(null)).GetProperty("instances").EnumerateArray()];

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
