namespace Dispatcher.Api.Tests.Limits;

/// <summary>Lanes without workers: what is accepted waits.</summary>
public sealed class BacklogTests
{
    [Fact]
    public async Task A_lane_that_has_enough_takes_no_more_bulk_before_urgent_and_other_lanes_go_on()
    {
        await using var api = await ApiProcess.StartAsync(("Backlog:MaxPushes", "1000"), ("Backlog:LookInterval", "00:00:00.1"));

        await FillAsync(api, "bulk", 500);
        await FillAsync(api, "urgent", 1000);

        var refused = await api.PushAsync(Targets("shop-android", "urgent", 100));
        Assert.Equal((503, "backlog", "2"), (refused.Status, refused.Problem, refused.Headers["Retry-After"]));
        Assert.Equal("Nothing was accepted: fcm.urgent has as many pushes that are not sent yet as it may. Send the same request again later.", refused.Json.GetProperty("detail").GetString());
        Assert.Equal(202, (await api.PushAsync(Targets("shop-ios", "urgent", 100))).Status);
        Assert.Equal(1600, api.Kafka.Count());
    }

    [Fact]
    public async Task What_waited_before_the_start_and_what_others_published_counts()
    {
        await using var api = await ApiProcess.StartAsync(("Backlog:MaxPushes", "1000"), ("Backlog:LookInterval", "00:00:00.1"));
        api.Kafka.Publish("push.fcm.urgent", 950);

        using var patience = new CancellationTokenSource(ApiProcess.Patience, TimeProvider.System);
        while ((await api.PushAsync(Targets("shop-android", "urgent", 60))).Status != 503)
            patience.Token.ThrowIfCancellationRequested();
        Assert.Equal("backlog", (await api.PushAsync(Targets("shop-android", "urgent", 60))).Problem);
    }

    [Fact]
    public async Task In_bytes_a_burst_of_everybody_at_once_stays_within_the_bound()
    {
        await using var api = await ApiProcess.StartAsync(("Backlog:MaxPartitionBytes", "1048576"), ("Backlog:BulkShare", "1"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => api.PushAsync(Targets("shop-android", "urgent", 400))));

        Assert.Equal([202, 503], answers.Select(answer => answer.Status).Distinct().Order());
        Assert.Equal(answers.Count(answer => answer.Status == 202) * 400L, api.Kafka.Count());
        Assert.InRange(api.Kafka.FullestBytes("push.fcm.urgent"), 1, 1_048_576);
    }

    /// <summary>What is acknowledged while Kafka is asked counts twice until it is asked again, so a lane may look full for a moment.</summary>
    private static async Task FillAsync(ApiProcess api, string pushClass, int pushes)
    {
        using var patience = new CancellationTokenSource(ApiProcess.Patience, TimeProvider.System);
        for (var accepted = 0; accepted < pushes; patience.Token.ThrowIfCancellationRequested())
        {
            if ((await api.PushAsync(Targets("shop-android", pushClass, 100))).Status == 202)
                accepted += 100;
        }

        Assert.Equal(503, (await api.PushAsync(Targets("shop-android", pushClass, 100))).Status);
    }

    private static string Targets(string app, string pushClass, int count)
    {
        var token = app == "shop-ios" ? new string('a', 60) : "f:A";
        var targets = Enumerable.Range(0, count).Select(n => $$"""{ "app": "{{app}}", "token": "{{token}}{{n + 1000}}" }""");
        return $$"""{ "to": [ {{string.Join(',', targets)}} ], "data": { "k": "v" }, "class": "{{pushClass}}" }""";
    }
}
