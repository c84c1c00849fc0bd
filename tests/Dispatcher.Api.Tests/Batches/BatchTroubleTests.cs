using System.Globalization;

namespace Dispatcher.Api.Tests.Batches;

/// <summary>Batches in trouble; each test has an API of its own.</summary>
public sealed class BatchTroubleTests
{
    [Fact]
    public async Task While_kafka_is_silent_lines_are_refused_one_after_a_wait_and_the_others_at_once()
    {
        await using var api = await ApiProcess.StartAsync(("Kafka:Properties:message.timeout.ms", "6000"));
        using var batch = await BatchConnection.OpenAsync(api);
        await batch.SendAsync(Some.Line + "\n");
        Assert.Equal(202, await batch.ReadStatusAsync());

        api.Kafka.Cluster.SetDown();
        await batch.SendAsync(Some.Line + "\n");
        var given = await batch.ReadAsync();
        await batch.SendAsync(Some.Line + "\n");
        var untried = await batch.ReadAsync();
        await batch.EndAsync();
        await batch.ReadEndAsync();

        Assert.All([given, untried], line => Assert.Equal((503, 5), (line.GetProperty("status").GetInt32(), line.GetProperty("retryAfter").GetInt32())));
        Assert.Contains("was not tried", untried.GetProperty("problem").GetProperty("detail").GetString(), StringComparison.Ordinal);
        api.Kafka.Cluster.SetUp();
        Assert.Equal([(1, 202)], (await api.BatchAsync(Some.Line)).Statuses); // the silence was that batch's
    }

    [Fact]
    public async Task On_sigterm_what_was_taken_is_answered_and_what_follows_refused()
    {
        await using var api = await ApiProcess.StartAsync();
        using var batch = await BatchConnection.OpenAsync(api);
        await batch.SendAsync(Some.Line + "\n");
        var last = await batch.ReadAsync();
        var ending = api.TerminateAsync();
        var accepted = 0;
        for (; last.GetProperty("status").GetInt32() == 202; accepted++)
        {
            await batch.SendAsync(Some.Line + "\n");
            last = await batch.ReadAsync();
        }

        Assert.Equal("urn:dispatcher:problem:stopping", last.GetProperty("problem").GetProperty("type").GetString());
        await batch.EndAsync();
        await batch.ReadEndAsync();
        Assert.Equal(0, await ending);
        Assert.Equal(accepted, api.Kafka.Count());
    }

    [Fact]
    public async Task A_caller_that_does_not_read_is_cut_off()
    {
        await using var api = await ApiProcess.StartAsync(("Batches:WriteTimeout", "00:00:01"));
        using var batch = await BatchConnection.OpenAsync(api);
        var lines = string.Concat(Enumerable.Repeat("{}\n", 10_000));

        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            for (var sent = 0; sent < 1000; sent++)
                await batch.SendAsync(lines);
        });
        Assert.Equal([(1, 202)], (await api.BatchAsync(Some.Line)).Statuses);
    }

    [Fact]
    public async Task A_caller_that_sends_nothing_more_is_not_waited_for()
    {
        await using var api = await ApiProcess.StartAsync(("Batches:ReadTimeout", "00:00:01"));
        using var batch = await BatchConnection.OpenAsync(api);
        await batch.SendAsync(Some.Line + "\n" + Some.Line[..10]);

        Assert.Equal((202, 408), (await batch.ReadStatusAsync(), await batch.ReadStatusAsync()));
        await batch.ReadEndAsync();
        Assert.Equal(1, api.Kafka.Count());
    }

    [Fact]
    public async Task One_batch_too_many_is_told_to_come_back()
    {
        await using var api = await ApiProcess.StartAsync(("Batches:MaxConcurrent", "1"));
        using var batch = await BatchConnection.OpenAsync(api);
        await batch.SendAsync(Some.Line + "\n");
        Assert.Equal(202, await batch.ReadStatusAsync());

        var refused = await api.BatchAsync(Some.Line);

        Assert.Equal((503, "overloaded", "1"), (refused.Status, refused.Problem, refused.Headers["Retry-After"]));
        await batch.EndAsync();
        await batch.ReadEndAsync();
        Assert.Equal([(1, 202)], (await api.BatchAsync(Some.Line)).Statuses);
    }

    [Fact]
    public async Task More_than_may_be_in_flight_is_read_when_there_is_room()
    {
        await using var api = await ApiProcess.StartAsync(("Batches:MaxInFlight", "1000"));
        var targets = string.Join(',', Enumerable.Range(0, 1000).Select(n => string.Create(
            CultureInfo.InvariantCulture, $"{{\"app\":\"shop-ios\",\"token\":\"{n:x64}\"}}")));
        var line = $"{{\"to\":[{targets}],\"data\":{{\"k\":\"v\"}}}}\n";

        var answer = await api.BatchAsync(string.Concat(Enumerable.Repeat(line + Some.Line + "\n", 5)));

        Assert.Equal(Enumerable.Range(1, 10).Select(n => (n, 202)), answer.Statuses);
        Assert.Equal(5005, api.Kafka.Count());
    }
}
