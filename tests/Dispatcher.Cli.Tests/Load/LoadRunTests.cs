using System.Net;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Load;
using Dispatcher.Cli.Output;
using Dispatcher.Client;
using Dispatcher.Core.Sending;
using Dispatcher.Testing;

namespace Dispatcher.Cli.Tests.Load;

public sealed class LoadRunTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly OutcomeLedger _ledger = new();

    [Fact]
    public async Task Flat_out_posts_everything()
    {
        using var api = new ScriptedApi((_, _) => ScriptedApi.Accepted(Guid.CreateVersion7(_time.GetUtcNow())));
        var (counts, _) = await new LoadRun(api.Client(), LoadPlanTests.Plan(200, concurrency: 8), _ledger, _time).RunAsync(CancellationToken.None);
        Assert.Equal(200, counts.Sum(count => count.Accepted));
        Assert.Equal(200, _ledger.PendingCount);
    }

    [Fact]
    public async Task A_request_waits_until_it_is_due()
    {
        using var api = ScriptedApi.Accepting();
        var running = new LoadRun(api.Client(), LoadPlanTests.Plan(3, rate: 1), _ledger, _time).RunAsync(CancellationToken.None);
        for (var posted = 1; posted < 3; posted++)
        {
            await _time.WaitForTimersAsync();
            Assert.Equal(posted, api.Bodies.Count);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var (_, elapsed) = await running;
        Assert.Equal(TimeSpan.FromSeconds(2), elapsed);
    }

    [Fact]
    public async Task An_answer_that_stalls_counts_against_the_requests_behind_it()
    {
        // The first answer takes ten seconds; the other requests were due at one and two.
        using var api = new ScriptedApi((request, _) =>
        {
            if (request == 1)
                _time.Advance(TimeSpan.FromSeconds(10));
            return ScriptedApi.Accepted(Some.Id);
        });
        var (counts, _) = await new LoadRun(api.Client(), LoadPlanTests.Plan(3, rate: 1), _ledger, _time).RunAsync(CancellationToken.None);
        Assert.Equal([10d, 9d, 8d], Assert.Single(counts).Answers.Select(answer => answer.TotalSeconds));
    }

    [Fact]
    public async Task Later_is_heeded_and_counted()
    {
        using var api = new ScriptedApi((request, _) => request == 1
            ? ScriptedApi.Json(HttpStatusCode.TooManyRequests, "{}", retryAfter: 3)
            : ScriptedApi.Accepted(Some.Id));
        var running = new LoadRun(api.Client(), LoadPlanTests.Plan(1), _ledger, _time).RunAsync(CancellationToken.None);
        await _time.WaitForTimersAsync();
        Assert.Single(api.Bodies);
        _time.Advance(TimeSpan.FromSeconds(3));
        var count = Assert.Single((await running).Counts);
        Assert.Equal((1, 1), (count.Accepted, count.Busy));
    }

    [Fact]
    public async Task The_deadline_ends_it()
    {
        using var api = ScriptedApi.Accepting();
        using var deadline = new CancellationTokenSource();
        var running = new LoadRun(api.Client(), LoadPlanTests.Plan(10, rate: 1), _ledger, _time).RunAsync(deadline.Token);
        await _time.WaitForTimersAsync();
        await deadline.CancelAsync();
        Assert.Equal(1, (await running).Counts.Sum(count => count.Accepted));
    }

    [Fact]
    public async Task A_batch_load_posts_everything_in_batches()
    {
        using var api = new ScriptedApi((_, body) => ScriptedApi.Results(body, _ =>
            $$"""
            "status":202,"id":"{{Guid.Empty}}","pushes":[{"id":"{{Guid.CreateVersion7(_time.GetUtcNow())}}","app":"ios","target":"ab"}]
            """));
        var options = new DispatcherClientOptions { Address = new Uri("http://api.test"), Time = _time };
        var (counts, _) = await new BatchLoad(new HttpMessageInvoker(api), options, LoadPlanTests.Plan(2500, concurrency: 2), _ledger).RunAsync(CancellationToken.None);

        Assert.Equal(2500, Assert.Single(counts).Accepted);
        Assert.Equal((3, 2500), (api.Bodies.Count, _ledger.PendingCount));
        Assert.DoesNotContain("idempotencyKey", api.Bodies.First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_load_counts_what_was_refused_and_why()
    {
        using var api = new ScriptedApi((_, body) => ScriptedApi.Results(body, _ => """ "status":400,"problem":{"title":"no"} """));
        var options = new DispatcherClientOptions { Address = new Uri("http://api.test"), Time = _time };
        var (counts, _) = await new BatchLoad(new HttpMessageInvoker(api), options, LoadPlanTests.Plan(3), _ledger).RunAsync(CancellationToken.None);

        Assert.Equal((0, 3, "400 no"), (counts[0].Accepted, counts[0].Refused, counts[0].FirstProblem));
    }

    [Fact]
    public void The_report_says_what_is_pending_and_fails_for_it()
    {
        _ledger.Post([Some.Id, Guid.AllBitsSet]);
        _ledger.Settle(Some.Result(Some.Id, OutcomeKind.Unregistered, reason: "Unregistered", afterMs: 12.5));
        var counts = new LoadCounts();
        counts.Add(new Cli.Http.PostAnswer.Accepted([Some.Id, Guid.AllBitsSet]), TimeSpan.FromMilliseconds(4));

        var report = LoadReport.Of(LoadPlanTests.Plan(2), [counts], TimeSpan.FromSeconds(2), _ledger, []);
        Assert.Equal((2, 1, 1.0, 12.5), (report.Accepted, report.Settled, report.AcceptedPerSecond, report.AcceptToSettled!.P50));
        Assert.Contains(report.Lines(), line => line.Contains("1 pushes had no outcome yet", StringComparison.Ordinal));
        Assert.Equal(ExitCode.Failure, report.ExitCode);
    }
}
