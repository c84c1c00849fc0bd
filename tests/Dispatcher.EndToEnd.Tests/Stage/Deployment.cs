using System.Security.Cryptography;
using System.Text;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.EndToEnd.Tests.Stage;

/// <summary>
/// The system as it is deployed: the real API, real workers and the simulator, each a process of its own, configured by environment.
/// Nothing survives the test, whatever becomes of it.
/// </summary>
internal sealed class Deployment : IAsyncDisposable
{
    public const string Ios = "shop-ios";
    public const string Android = "shop-android";
    public const int Partitions = 6;

    /// <summary>A lane's bound in each worker; with four lanes, four times that may be in flight.</summary>
    public const int MaxInFlight = 100;

    /// <summary>What waits in each lane of a worker at most.</summary>
    public const int QueuePushes = 250;

    private const string Key = "end-to-end-key-0000000000000000000000000000";

    private readonly DirectoryInfo _directory;
    private readonly Dictionary<string, string> _shared;
    private readonly List<ChildProgram> _programs = [];
    private readonly bool _sparseCommits;

    private Deployment(DirectoryInfo directory, Simulator simulator, bool sparseCommits)
    {
        _sparseCommits = sparseCommits;
        _directory = directory;
        Simulator = simulator;
        Kafka = new KafkaOptions { BootstrapServers = simulator["kafka"], DelayTiers = "1s,2s" };
        _shared = Shared();
        Ledger = new ResultLedger(Kafka);
    }

    public Simulator Simulator { get; }

    public KafkaOptions Kafka { get; }

    /// <summary>What workers reported, as it comes.</summary>
    public ResultLedger Ledger { get; }

    public PushApi Api { get; private set; } = null!;

    public static async Task<Deployment> StartAsync(int workers, TimeSpan latency = default, bool sparseCommits = false)
    {
        var directory = Directory.CreateTempSubdirectory("end-to-end-");
        var topics = new TopicNames(TopicNames.DefaultPrefix, "1s,2s");
        var lanes = Lane.All.Select(topics.Pushes).ToHashSet();
        var simulator = await Simulator.StartAsync(
            directory.FullName, string.Join(',', topics.All.Select(topic => $"{topic}:{(lanes.Contains(topic) ? Partitions : 1)}")), latency);
        var deployment = new Deployment(directory, simulator, sparseCommits);
        try
        {
            await deployment.StartApiAsync();
            foreach (var worker in Enumerable.Range(0, workers).Select(_ => deployment.StartWorker()).ToList())
                await ReadyAsync(worker);
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a worker and waits until it has its share of every lane.</summary>
    public async Task<ChildProgram> AddWorkerAsync()
    {
        var worker = StartWorker();
        await ReadyAsync(worker);
        return worker;
    }

    /// <summary>A worker that runs, in the order of their starts.</summary>
    public ChildProgram Worker(int index) => _programs.Where(program => program.Name == "Dispatcher.Worker").ElementAt(index);

    public async ValueTask DisposeAsync()
    {
        foreach (var program in _programs)
            await program.DisposeAsync();
        await Ledger.DisposeAsync();
        await Simulator.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private async Task StartApiAsync()
    {
        var api = Start("Dispatcher.Api", new()
        {
            ["Access:Keys:test:Sha256"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Key))),
            ["Access:Keys:test:Tenant"] = "shop",
        });
        Api = new PushApi(new Uri(await api.SaysAsync("Now listening on: ")), Key);
    }

    private ChildProgram StartWorker() => Start("Dispatcher.Worker", new()
    {
        ["Kafka:DelayTiers"] = Kafka.DelayTiers,
        ["Apns:Endpoint"] = Simulator["apns"],
        ["Apns:TrustedCaPath"] = Simulator["caPath"],
        ["Fcm:Endpoint"] = Simulator["fcm"],
        ["Fcm:TrustedCaPath"] = Simulator["caPath"],
        ["Worker:MaxInFlight"] = $"{MaxInFlight}",
        ["Worker:QueuePushes"] = $"{QueuePushes}",
        ["Worker:SparseCommits"] = $"{_sparseCommits}",
        ["Sending:AttemptTimeout"] = _sparseCommits ? "00:01:00" : "00:00:15", // what hangs is to be in flight still when its worker is killed
        ["Sending:BreakDuration"] = "00:00:01",
        ["Retry:MaxAttempts"] = "50", // the tiers are quick here, an outage is not
    });

    private ChildProgram Start(string name, Dictionary<string, string> own)
    {
        var program = ChildProgram.Start(name, [], new Dictionary<string, string>(_shared.Concat(own)));
        _programs.Add(program);
        return program;
    }

    private static async Task ReadyAsync(ChildProgram worker)
    {
        var api = new PushApi(new Uri(await worker.SaysAsync("Now listening on: ")), Key);
        await Patience.UntilAsync(() => api.IsReadyAsync(), () => $"a worker is not ready: {string.Join('\n', worker.Lines)}");
    }

    private Dictionary<string, string> Shared() => new()
    {
        ["Urls"] = "http://127.0.0.1:0",
        ["Kafka:BootstrapServers"] = Kafka.BootstrapServers,
        // In-memory Kafka holds a fetch back for an empty partition, and a rebalance for a session less a second.
        ["Kafka:Properties:fetch.wait.max.ms"] = "10",
        ["Kafka:Properties:session.timeout.ms"] = "3000",
        ["Kafka:Properties:heartbeat.interval.ms"] = "200",
        ["Kafka:Properties:reconnect.backoff.ms"] = "10",
        ["Kafka:Properties:reconnect.backoff.max.ms"] = "100",
        [$"Apps:{Ios}:Provider"] = "apns",
        [$"Apps:{Ios}:Tenant"] = "shop",
        [$"Apps:{Ios}:BundleId"] = Simulator["apnsBundleId"],
        [$"Apps:{Ios}:TeamId"] = Simulator["apnsTeamId"],
        [$"Apps:{Ios}:KeyId"] = Simulator["apnsKeyId"],
        [$"Apps:{Ios}:KeyPath"] = Simulator["apnsKeyPath"],
        [$"Apps:{Android}:Provider"] = "fcm",
        [$"Apps:{Android}:Tenant"] = "shop",
        [$"Apps:{Android}:ProjectId"] = Simulator["fcmProjectId"],
        [$"Apps:{Android}:CredentialsPath"] = Simulator["fcmCredentialsPath"],
    };
}
