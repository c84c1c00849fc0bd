using System.Security.Cryptography;
using System.Text;
using Dispatcher.Chaos.Stage;
using Dispatcher.Deploy.Tests.Grafana;
using Dispatcher.Testing.Programs;

namespace Dispatcher.Deploy.Tests.Prometheus;

/// <summary>The real API and a real worker with pushes flowing, against rules and dashboards.</summary>
public sealed class ScrapeTests
{
    private const string OpsKey = "deploy-tests-ops-key-000000000000000000000000";

    /// <summary>Series that exist once something has gone wrong or is configured, none of which happens here. Every other one must be on a page.</summary>
    private static readonly HashSet<string> OnlyThen =
    [
        "dispatcher_access_refused_total", "dispatcher_admission_refused_total", "dispatcher_admission_backlog",
        "dispatcher_batch_running", "dispatcher_batch_lines_total", "dispatcher_batch_ended_total", "dispatcher_schedule_cancel_requests_total",
        "dispatcher_breaker_open", "dispatcher_credential_life_left_seconds", "dispatcher_app_rate_tokens", "dispatcher_attempts_duplicate_risk_total",
        "dispatcher_gate_refused_total", "dispatcher_pushes_delayed_total",
        "dispatcher_connections_goaways_total", "dispatcher_connections_open_failures_total", "dispatcher_connections_refused_streams_total",
        "dispatcher_connections_resent_total", "dispatcher_connections_retired_total",
        "dispatcher_kafka_commit_failures_total", "dispatcher_kafka_consumer_replaced_total", "dispatcher_kafka_hand_off_retries_total",
        "dispatcher_kafka_producer_replaced_total", "dispatcher_kafka_records_lost_total", "dispatcher_kafka_records_repeated_total",
        "dispatcher_kafka_records_skipped_total",
    ];

    /// <summary>What is asked of our processes; Prometheus has some of its own, and what rules record.</summary>
    private static readonly (string Where, string Series)[] Ours =
    [
        .. RuleFile.Asked.Concat(Dashboard.Asked).Where(asked => asked.Series.StartsWith("dispatcher_", StringComparison.Ordinal) || asked.Series.StartsWith("http_", StringComparison.Ordinal)),
    ];

    private static readonly HttpMessageInvoker Http = new(new SocketsHttpHandler { UseProxy = false });

    [Fact]
    public async Task Every_series_that_rules_and_dashboards_name_is_on_a_page()
    {
        await using var deployment = await StartAsync();
        await PushAsync(deployment);

        // Some are counted a moment after the push has ended.
        string[] missing = [];
        await Patience.UntilAsync(
            async () =>
            {
                HashSet<string> pages = [.. OnlyThen, .. await SeriesAsync(await ApiAsync(deployment)), .. await SeriesAsync(await WorkerAsync(deployment))];
                missing = [.. Ours.Where(asked => !pages.Contains(asked.Series)).Select(asked => $"{asked.Where}: {asked.Series}").Distinct()];
                return missing.Length == 0;
            },
            () => string.Join('\n', missing));
        Assert.Empty(missing);
    }

    [ProgramFact("prometheus", "eng/prometheus.sh; Debian: apt install prometheus")]
    public async Task A_real_prometheus_scrapes_both_with_our_configuration_and_its_rules_have_answers()
    {
        await using var deployment = await StartAsync();
        await using var prometheus = await PrometheusServer.StartAsync(
            new Dictionary<string, string>
            {
                ["dispatcher-api"] = (await ApiAsync(deployment)).Authority,
                ["dispatcher-worker"] = (await WorkerAsync(deployment)).Authority,
            },
            OpsKey);

        var up = "";
        await Patience.UntilAsync(
            async () =>
            {
                var results = await prometheus.QueryAsync("up{job=~\"dispatcher-.*\"}");
                up = string.Join(' ', results.Select(result => result.ToJsonString()));
                return results.Count == 2 && results.All(result => result["value"]![1]!.GetValue<string>() == "1");
            },
            () => $"not both are up: {up}");

        // A rate needs two scrapes with something between them.
        foreach (var rule in (string[])["lane:dispatcher_pushes_accepted:rate5m > 0", "lane:dispatcher_push_age_seconds:p99_5m > 0", "lane:dispatcher_lane_partitions:sum > 0"])
        {
            await Patience.UntilAsync(
                async () =>
                {
                    await PushAsync(deployment);
                    return (await prometheus.QueryAsync(rule)).Count > 0;
                },
                () => $"{rule} has no answer");
        }

        var expressions = Dashboard.All.SelectMany(dashboard => dashboard.Targets).Select(target => target.Expression).ToList();
        Assert.True(expressions.Count > 50);
        foreach (var expression in expressions)
            await prometheus.QueryAsync(expression); // one that it does not take throws
    }

    private static Task<Deployment> StartAsync() => Deployment.StartAsync(new()
    {
        ApiSettings = new Dictionary<string, string>
        {
            ["Access:Keys:ops:Sha256"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(OpsKey))),
            ["Access:Keys:ops:Scopes"] = "ops:read",
            ["Access:Keys:ops:ExpiresAt"] = "2999-01-01T00:00:00Z",
        },
    });

    /// <summary>Some that are accepted, one whose token is gone, one that is a dead letter; all have ended.</summary>
    private static async Task PushAsync(Deployment deployment)
    {
        var before = deployment.Ledger.Settled;
        string Ios(string begin) => $"{begin}{RandomNumberGenerator.GetHexString(64 - begin.Length, lowercase: true)}";
        var accepted = await deployment.Api.PushAsync(
        [
            (Deployment.Ios, Ios("ab")), (Deployment.Ios, Ios("fa114100")), (Deployment.Ios, Ios("fa114000")),
            (Deployment.Android, $"t{RandomNumberGenerator.GetHexString(20)}:APA91b{RandomNumberGenerator.GetHexString(100)}"),
        ]);
        await deployment.Ledger.SettledAsync(before + accepted.Count);
    }

    private static async Task<Uri> ApiAsync(Deployment deployment) => new(await deployment.ApiProgram.SaysAsync("Now listening on: "));

    private static async Task<Uri> WorkerAsync(Deployment deployment) => new(await deployment.Worker(0).SaysAsync("Now listening on: "));

    private static async Task<IEnumerable<string>> SeriesAsync(Uri process)
    {
        using var question = new HttpRequestMessage(HttpMethod.Get, new Uri(process, "/metrics"));
        question.Headers.Authorization = new("Bearer", OpsKey);
        using var answer = await Http.SendAsync(question, CancellationToken.None);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadAsStringAsync()).Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line[..line.IndexOfAny(['{', ' '])]);
    }
}
