using System.Globalization;
using Dispatcher.Chaos.Pushing;
using Dispatcher.Chaos.Stage;

namespace Dispatcher.Chaos.Isolation;

/// <summary>
/// Measures what a sick app, provider or tenant costs the healthy: the time from the request to the provider, with the sickness and without,
/// in turns within one run. A measurement and not a test: what else the machine does shows in it.
/// </summary>
/// <param name="rounds">How often each is measured.</param>
/// <param name="window">How long each time.</param>
/// <param name="only">Only sicknesses whose names contain it.</param>
/// <param name="say">Told the figures, line by line.</param>
internal sealed class IsolationRun(int rounds, TimeSpan window, string only, Action<string> say)
{
    /// <summary>Pushes a second of each healthy app: far from what this machine can do.</summary>
    private const int HealthyRate = 150;

    /// <summary>Seconds after which nobody wants a sick push any more.</summary>
    private const int SickTimeToLive = 15;

    private readonly Tokens _tokens = new(1);

    /// <summary>Measures all scenarios.</summary>
    public async Task RunAsync()
    {
        Door? fcm = null;
        await using var deployment = await Deployment.StartAsync(new()
        {
            Latency = TimeSpan.FromMilliseconds(20),
            DelayTiers = "10s,1m,10m,1h",
            LedgerCapacity = 1_000_000,
            MoreApps = new Dictionary<string, string> { [Scenario.SickApp] = Deployment.Ios },
            // A worker as it is without being told anything.
            WorkerSettings = new Dictionary<string, string>
            {
                ["Worker:MaxInFlight"] = "1000",
                ["Worker:QueuePushes"] = "2000",
                ["Sending:BreakDuration"] = "00:00:05",
                ["Retry:MaxAttempts"] = "8",
                ["Limits:Ramp"] = "00:00:00", // the rate after an outage is no isolation
            },
            FcmEndpoint = simulator =>
            {
                fcm = new Door(new Uri(simulator["fcm"]).Port);
                fcm.Open();
                return $"https://127.0.0.1:{fcm.Port}/";
            },
        });
        await using var door = fcm!;
        await using var logs = new Logs(deployment, say);
        await MeasureAsync(deployment, sick: null, door, window); // connections, compiled code
        say($"{"",-32}{"healthy app",-14}{"p50, ms: without",18}{"with",8}{"ratio",8}{"p99, ms: without",20}{"with",8}{"ratio",8}  late or lost");
        foreach (var scenario in Scenario.All.Where(scenario => scenario.Name.Contains(only, StringComparison.Ordinal)))
            await CompareAsync(deployment, scenario, door);
    }

    private async Task CompareAsync(Deployment deployment, Scenario scenario, Door door)
    {
        var without = new Dictionary<string, Latencies>();
        var with = new Dictionary<string, Latencies>();
        for (var round = 0; round < rounds; round++)
        {
            Collect(await MeasureAsync(deployment, sick: null, door, window), without);
            Collect(await MeasureAsync(deployment, scenario, door, window), with);
            // What is sick is forgotten before the healthy are measured without it.
            await Task.Delay(TimeSpan.FromSeconds(SickTimeToLive), TimeProvider.System);
        }

        foreach (var (app, sick) in with)
        {
            var healthy = without[app];
            say(string.Create(
                CultureInfo.InvariantCulture,
                $"{scenario.Name,-32}{app,-14}{healthy.P50,18:N1}{sick.P50,8:N1}{sick.P50 / healthy.P50,8:N2}{healthy.P99,20:N1}{sick.P99,8:N1}{sick.P99 / healthy.P99,8:N2}  {sick.Missing}"));
        }
    }

    /// <summary>Posts for a while, and takes the times of those apps that are to stay healthy.</summary>
    private async Task<Dictionary<string, List<TimeSpan?>>> MeasureAsync(Deployment deployment, Scenario? sick, Door door, TimeSpan duration)
    {
        await MakeSickAsync(deployment, sick, door);
        string[] apps = sick is { App: null } ? [Deployment.Ios] : [Deployment.Ios, Deployment.Android];
        var probes = apps.ToDictionary(app => app, app => new Probe(deployment.Api, app, () => _tokens.Next(app)));
        var posting = probes.Values.Select(probe => probe.PostAsync(HealthyRate, duration)).ToList();
        if (sick is not null)
        {
            var app = sick.App ?? Deployment.Android;
            var probe = new Probe(deployment.Api, app, () => _tokens.Next(app, start: app == Deployment.Android ? "t" : Scenario.SickTokens));
            posting.Add(probe.PostAsync(sick.App is null ? HealthyRate : sick.Rate, duration, SickTimeToLive));
        }

        await Task.WhenAll(posting);
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System); // who comes later than this is late
        var taken = new Dictionary<string, DateTimeOffset>();
        await foreach (var answer in deployment.Simulator.AnswersAsync())
        {
            if (answer.Status == 200)
                taken.TryAdd(answer.Token, answer.ReceivedAt);
        }

        await HealAsync(deployment, sick, door);
        return probes.ToDictionary(
            probe => probe.Key,
            probe => probe.Value.Posted.Select(push => taken.TryGetValue(push.Key, out var at) ? at - push.Value : (TimeSpan?)null).ToList());
    }

    private static Task MakeSickAsync(Deployment deployment, Scenario? sick, Door door) => sick switch
    {
        null => Task.CompletedTask,
        { Fault: null } => door.ShutAsync(),
        _ => deployment.Simulator.AddFaultAsync(sick.App is null ? "fcm" : "apns", sick.Fault),
    };

    private static async Task HealAsync(Deployment deployment, Scenario? sick, Door door)
    {
        if (sick is { Fault: null })
            door.Open();
        await deployment.Simulator.RepairProvidersAsync();
    }

    private static void Collect(Dictionary<string, List<TimeSpan?>> measured, Dictionary<string, Latencies> into)
    {
        foreach (var (app, latencies) in measured)
        {
            if (!into.TryGetValue(app, out var all))
                into.Add(app, all = new Latencies());
            latencies.ForEach(all.Add);
        }
    }
}
