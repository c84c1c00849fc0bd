using System.Diagnostics;
using Dispatcher.Chaos.Stage;
using Dispatcher.EndToEnd.Tests.Stage;

namespace Dispatcher.EndToEnd.Tests;

/// <summary>Real processes that send their spans to a collector.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task One_trace_follows_a_push_from_its_caller_through_Kafka_a_delay_tier_and_a_second_attempt_to_the_provider()
    {
        await using var collector = new FakeCollector();
        await using var deployment = await Deployment.StartAsync(new()
        {
            Workers = 1,
            ApiSettings = collector.Environment,
            WorkerSettings = new Dictionary<string, string>(collector.Environment) { ["Sending:QuickRetries"] = "0" },
        });
        var token = $"f1a550301{Load.Token(Deployment.Ios)[1..]}"; // 503 once, then 200

        using var caller = Sampled();
        var push = Assert.Single(await deployment.Api.PushAsync([(Deployment.Ios, token)]));
        await deployment.Ledger.SettledAsync([push]);
        var trace = caller.TraceId.ToString();
        var spans = (await collector.SpansAsync(IsWhole)).Where(span => span.TraceId == trace).ToList();

        var server = Assert.Single(spans, span => span.Kind == CollectedSpan.Server);
        Assert.Equal(("dispatcher-api", "POST /push"), (server.Service, server.Name));
        Assert.Equal(("POST", "/push", "202"), (server.Tags["http.request.method"], server.Tags["http.route"], server.Tags["http.response.status_code"]));
        var send = Assert.Single(spans, span => span.Kind == CollectedSpan.Producer);
        Assert.Equal((server.SpanId, "send push.apns.urgent"), (send.ParentId, send.Name));
        Assert.Equal(("kafka", "send", "push.apns.urgent"), (send.Tags["messaging.system"], send.Tags["messaging.operation.name"], send.Tags["messaging.destination.name"]));

        var taken = spans.Where(span => span.Kind == CollectedSpan.Consumer).OrderBy(span => span.Start).ToList();
        Assert.InRange(taken.Count, 2, 3); // a wait that is longer than its tier ends in another one
        Assert.Equal([send.SpanId, .. taken.SkipLast(1).Select(span => span.SpanId)], taken.Select(span => span.ParentId));
        Assert.Equal("process push.apns.urgent", taken[0].Name);
        Assert.All(taken.Skip(1), span => Assert.StartsWith("process push.delay.", span.Name, StringComparison.Ordinal));
        Assert.All(taken, span => Assert.Equal(("dispatcher-worker", $"{push.Id}"), (span.Service, span.Tags["dispatcher.push.id"])));
        Assert.All(taken.SkipLast(1), span => Assert.Equal("delayed", span.Tags["dispatcher.outcome"]));
        Assert.Equal("accepted", taken[^1].Tags["dispatcher.outcome"]);

        var attempts = spans.Where(span => span.Kind == CollectedSpan.Client).OrderBy(span => span.Start).ToList();
        Assert.Equal([taken[0].SpanId, taken[^1].SpanId], attempts.Select(span => span.ParentId));
        Assert.Equal([("503", "1"), ("200", "2")], attempts.Select(span => (span.Tags["http.response.status_code"], span.Tags["dispatcher.attempt"])));
        Assert.All(attempts, span => Assert.Equal("127.0.0.1", span.Tags["server.address"]));

        Assert.All(collector.Spans, span => Assert.DoesNotContain(span.Tags.Values, value => value.Contains(token, StringComparison.Ordinal)));

        bool IsWhole(IReadOnlyCollection<CollectedSpan> all)
        {
            var ours = all.Where(span => span.TraceId == trace).ToList();
            return ours.Exists(span => span.Kind == CollectedSpan.Server)
                && ours.Exists(span => span.Kind == CollectedSpan.Consumer && span.Tags.GetValueOrDefault("dispatcher.outcome") == "accepted");
        }
    }

    [Fact]
    public async Task A_replay_begins_a_trace_that_is_linked_to_the_one_in_which_the_push_died()
    {
        await using var collector = new FakeCollector();
        await using var deployment = await Deployment.StartAsync(new() { Workers = 1, ApiSettings = collector.Environment, WorkerSettings = collector.Environment });

        using var caller = Sampled();
        var push = Assert.Single(await deployment.Api.PushAsync([(Deployment.Ios, $"fa114000{Load.Token(Deployment.Ios)}")])); // 400 BadDeviceToken
        await Patience.UntilAsync(() => deployment.Ledger.DeadLetters.Count == 1, () => "no dead letter");
        await using var replay = ChildProgram.Start(
            "Dispatcher.Cli", ["dead-letters", "replay", "--kafka", deployment.Kafka.BootstrapServers, "--yes", "--id", $"{push.Id}"], new Dictionary<string, string>());
        Assert.Equal(0, await replay.ExitedAsync());
        var all = await collector.SpansAsync(all => all.Count(IsTaken) >= 2);

        var taken = all.Where(IsTaken).OrderBy(span => span.Start).ToList();
        Assert.Equal(2, taken.Count);
        Assert.Equal(caller.TraceId.ToString(), taken[0].TraceId);
        Assert.Equal("true", taken[0].Tags["dispatcher.dead_letter"]);
        Assert.NotEqual(taken[0].TraceId, taken[1].TraceId);
        Assert.Equal([taken[0].TraceId], taken[1].LinkedTraces);
        Assert.Empty(taken[1].ParentId);

        bool IsTaken(CollectedSpan span) => span.Kind == CollectedSpan.Consumer && span.Tags.GetValueOrDefault("dispatcher.push.id") == $"{push.Id}";
    }

    /// <summary>A caller whose trace is sampled; it is the HTTP client's ambient one until it is disposed.</summary>
    private static Activity Sampled() => new Activity("caller") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.SetIdFormat(ActivityIdFormat.W3C).Start();
}
