using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dispatcher.Chaos.Stage;
using Dispatcher.Core.Sending;
using Dispatcher.EndToEnd.Tests.Stage;

namespace Dispatcher.EndToEnd.Tests;

/// <summary>Configuration changes under load. Nobody restarts anything, nothing is lost, and nothing is sent twice.</summary>
public sealed partial class LiveConfigurationTests : IDisposable
{
    private const string Late = "late-ios";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("live-configuration-");

    private string FilePath => Path.Combine(_folder.FullName, "dispatcher.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Limits_retries_log_levels_tenants_and_apps_change_in_the_middle_of_the_load()
    {
        Write(new() { ["Limits"] = new JsonObject { ["MaxConcurrency"] = 400 } });
        await using var deployment = await Deployment.StartAsync(new()
        {
            Workers = 2,
            Latency = TimeSpan.FromMilliseconds(5),
            Arguments = [$"--config={FilePath}"],
        });
        ChildProgram[] all = [deployment.ApiProgram, .. deployment.Workers];
        var load = new Load(deployment);
        await deployment.Ledger.SettledAsync(1000);

        // Everything at once, an app among it, and one thing that needs a restart.
        Write(new()
        {
            ["Limits"] = new JsonObject { ["MaxConcurrency"] = 7, ["MinConcurrency"] = 2 },
            ["Retry"] = new JsonObject { ["ParkDelay"] = "00:00:07" },
            ["Sending"] = new JsonObject { ["QuickRetries"] = 1 },
            ["Logging"] = new JsonObject { ["LogLevel"] = new JsonObject { ["Dispatcher.Worker.Dispatching.Settler"] = "Debug" } },
            ["TenantDefaults"] = new JsonObject { ["MaxTargets"] = 50 },
            ["Idempotency"] = new JsonObject { ["Keys"] = 10 },
            ["Worker"] = new JsonObject { ["MaxCancelled"] = 5000 },
            ["Apps"] = new JsonObject { [Late] = LateApp(deployment) },
        });
        foreach (var worker in deployment.Workers)
        {
            var change = await worker.SaysAsync("Configuration changed: ");
            Assert.Contains("Limits:MaxConcurrency 400 → 7, Limits:MinConcurrency 10 → 2", change, StringComparison.Ordinal);
            Assert.Contains("Retry:ParkDelay 00:01:00 → 00:00:07", change, StringComparison.Ordinal);
            await worker.SaysAsync("settled: "); // at Debug, from now on
            await worker.SaysAsync("Worker:MaxCancelled 1000000 → 5000 needs a restart");
            await worker.SaysAsync($"App {Late} is in force");
        }

        await deployment.ApiProgram.SaysAsync("TenantDefaults:MaxTargets 1000 → 50");
        await deployment.ApiProgram.SaysAsync("Idempotency:Keys 100000 → 10 needs a restart");
        await deployment.ApiProgram.SaysAsync($"App {Late} is in force");
        await load.AcceptedAsync(load.Accepted.Count + 500);
        var late = await deployment.Api.PushAsync([.. Enumerable.Range(0, 20).Select(_ => (Late, Load.Token(Deployment.Ios)))]);
        await deployment.Ledger.SettledAsync(late);
        foreach (var worker in deployment.Workers)
        {
            Assert.All(await ValuesAsync(worker, "dispatcher_app_concurrency_limit"), limit => Assert.InRange(limit, 2, 7));
            Assert.Equal(1, Assert.Single(await ValuesAsync(worker, "dispatcher_configuration_restart_needed")));
        }

        // Broken in two ways: what is in force stays, although other parts of the file would be right.
        await File.WriteAllTextAsync(FilePath, """{ "Limits": { "MaxConcurrency": 300 """);
        foreach (var program in all)
            await program.SaysAsync("The configuration in force stays");
        Write(new() { ["Limits"] = new JsonObject { ["MaxConcurrency"] = 300, ["Ramp"] = "1.00:00:00" }, ["Kafak"] = new JsonObject() });
        foreach (var worker in deployment.Workers)
        {
            var wrong = await worker.SaysAsync("Kafak (dispatcher.json) is no section; Kafka is near.");
            Assert.Contains("Limits:Ramp 1.00:00:00 must be 0 to 10 min.", wrong, StringComparison.Ordinal);
            Assert.All(await ValuesAsync(worker, "dispatcher_app_concurrency_limit"), limit => Assert.InRange(limit, 2, 7));
        }

        // Back, without the app.
        Write(new() { ["Limits"] = new JsonObject { ["MaxConcurrency"] = 400 } });
        foreach (var program in all)
            await program.SaysAsync($"App {Late} is gone");
        foreach (var worker in deployment.Workers)
        {
            await worker.SaysAsync("Worker:MaxCancelled 5000 → 1000000 is what is in force");
            Assert.Equal(0, Assert.Single(await ValuesAsync(worker, "dispatcher_configuration_restart_needed")));
        }

        await load.AcceptedAsync(load.Accepted.Count + 1000);
        IReadOnlyCollection<AcceptedPush> pushes = [.. await load.EndAsync(), .. late];

        (await Balance.OfAsync(deployment, pushes)).AssertHolds();
        Assert.Empty(deployment.Ledger.DeadLetters);
        Assert.All(pushes, push => Assert.Equal(OutcomeKind.Accepted, Assert.Single(deployment.Ledger.Of(push)).Outcome));
        Assert.True(pushes.Count > 2500, $"only {pushes.Count} pushes");
    }

    private void Write(JsonObject settings) => File.WriteAllText(FilePath, settings.ToJsonString());

    private static JsonObject LateApp(Deployment deployment) => new()
    {
        ["Provider"] = "apns",
        ["Tenant"] = "shop",
        ["BundleId"] = deployment.Simulator["apnsBundleId"],
        ["TeamId"] = deployment.Simulator["apnsTeamId"],
        ["KeyId"] = deployment.Simulator["apnsKeyId"],
        ["KeyPath"] = deployment.Simulator["apnsKeyPath"],
    };

    /// <summary>The values of a metric at a worker, whatever its labels.</summary>
    private static async Task<double[]> ValuesAsync(ChildProgram worker, string metric)
    {
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(await worker.SaysAsync("Now listening on: ")), "/metrics"));
        using var response = await http.SendAsync(request, CancellationToken.None);
        return
        [
            .. from Match line in Sample.Matches(await response.Content.ReadAsStringAsync())
               where line.Groups["name"].Value == metric
               select double.Parse(line.Groups["value"].Value, CultureInfo.InvariantCulture),
        ];
    }

    [GeneratedRegex(@"^(?<name>\w+)(\{.*\})? (?<value>[-+.\deE]+)", RegexOptions.Multiline)]
    private static partial Regex Sample { get; }
}
