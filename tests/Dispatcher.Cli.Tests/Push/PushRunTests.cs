using System.Net;
using System.Text;
using System.Text.Json;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Push;
using Dispatcher.Testing;

namespace Dispatcher.Cli.Tests.Push;

public sealed class PushRunTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly OutcomeLedger _ledger = new();

    [Fact]
    public async Task Each_line_is_posted_once_and_refusals_keep_their_line()
    {
        using var api = new ScriptedApi((_, body) => ScriptedApi.Results(body, line => line.Contains("bad", StringComparison.Ordinal)
            ? """ "status":400,"problem":{"title":"no"} """
            : Accepted(2)));
        var report = await RunAsync(api, "{\"n\":1}\n{\"bad\":2}\n\n{\"n\":4}\n");

        Assert.Equal(["bad", "n", "n"], api.Bodies.SelectMany(body => body.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            .Select(line => JsonElement.Parse(line).EnumerateObject().Last().Name).Order(StringComparer.Ordinal));
        Assert.Equal((2, 4), (report.Accepted, report.Pushes));
        Assert.Equal(new Refusal(2, 400, "400 no"), Assert.Single(report.Refusals));
        Assert.Equal(4, _ledger.PendingCount);
    }

    [Fact]
    public async Task A_line_over_the_limit_is_refused_without_being_posted()
    {
        using var api = new ScriptedApi((_, body) => ScriptedApi.Results(body, _ => Accepted(1)));
        var report = await RunAsync(api, $"{{\"x\":\"{new string('y', 1_100_000)}\"}}\n{{}}\n");
        Assert.StartsWith("{\"idempotencyKey\":", Assert.Single(api.Bodies), StringComparison.Ordinal);
        Assert.Equal(1, Assert.Single(report.Refusals).Line);
        Assert.Equal(1, report.Accepted);
    }

    [Fact]
    public async Task It_stops_when_the_api_cannot_be_reached()
    {
        using var api = new ScriptedApi((_, _) => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused"));
        var running = RunAsync(api, string.Concat(Enumerable.Repeat("{}\n", 1000)));
        while (!running.IsCompleted)
        {
            await Task.WhenAny(running, _time.WaitForTimersAsync());
            if (_time.NextDue < TimeSpan.FromSeconds(10)) // an attempt is under way otherwise
                _time.Advance(_time.NextDue.Value);
            else
                await Task.Yield();
        }

        Assert.Equal("refused", (await running).Unreachable);
        Assert.InRange(api.Bodies.Count, 3, 9); // three attempts for each of the batches under way
    }

    [Fact]
    public async Task What_may_have_been_accepted_is_said()
    {
        using var api = new ScriptedApi((_, _) => ScriptedApi.Json(
            HttpStatusCode.ServiceUnavailable, $$"""{"title":"Kafka","accepted":["{{Some.Id}}"]}""", retryAfter: 3600));
        var report = new PushReport();

        var ids = await new PushRun(api.Patient(_time), _ledger).SendAsync("{}"u8.ToArray(), report, CancellationToken.None);

        Assert.Equal([Some.Id], ids);
        Assert.Equal(new Refusal(0, 503, "503 Kafka"), Assert.Single(report.Refusals));
        Assert.Equal((0, 1, 1), (report.Accepted, report.Pushes, _ledger.PendingCount));
    }

    [Fact]
    public void The_summary_groups_reasons_and_names_lines()
    {
        var summary = new PushSummary(
            1003, 1000, 1200, Retried: 2, [new(3, 400, "400 no app"), new(9, 400, "400 no app"), new(20, 413, "413 too large")], null, null, null);
        Assert.Equal(
            [
                "1,000 of 1,003 requests accepted, 1,200 pushes in them; 2 retries.",
                "Refused, lines 3, 9: 400 no app",
                "Refused, line 20: 413 too large",
            ],
            summary.Lines());
        Assert.Equal(ExitCode.Failure, summary.ExitCode);
    }

    [Fact]
    public void The_summary_for_scripts_has_the_outcomes()
    {
        var summary = PushSummary.Of(new PushReport(), [Some.Id], Settled(Some.Id));
        Assert.Equal(
            $$"""{"requests":0,"accepted":0,"pushes":0,"retried":0,"refusals":[],"ids":["{{Some.Id}}"],"outcomes":"""
            + """[{"outcome":"accepted","deadLettered":false,"count":1}],"pending":0}""",
            summary.ToJson());
        Assert.Equal(ExitCode.Success, summary.ExitCode);
    }

    private static OutcomeLedger Settled(Guid id)
    {
        var ledger = new OutcomeLedger();
        ledger.Post([id]);
        ledger.Settle(Some.Result(id));
        ledger.Close();
        return ledger;
    }

    private async Task<PushReport> RunAsync(ScriptedApi api, string lines)
    {
        await using var input = new MemoryStream(Encoding.UTF8.GetBytes(lines));
        return await new PushRun(api.Patient(_time), _ledger).RunAsync(input, static _ => { }, CancellationToken.None);
    }

    private string Accepted(int pushes)
    {
        var list = string.Join(',', Enumerable.Range(0, pushes).Select(_ => $$"""{"id":"{{Guid.CreateVersion7(_time.GetUtcNow())}}","app":"shop-ios","target":"ab"}"""));
        return $$"""
            "status":202,"id":"{{Guid.Empty}}","pushes":[{{list}}]
            """;
    }
}
