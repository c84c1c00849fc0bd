using System.Security.Cryptography;
using System.Text;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Chaos.Stage;

/// <summary>
/// The system as it is deployed: the real API, real workers and the simulator, each a process of its own, configured by environment.
/// Nothing survives this process, whatever becomes of it.
/// </summary>
internal sealed class Deployment : IAsyncDisposable
{
    public const string Ios = "shop-ios";
    public const string Android = "shop-android";

    /// <summary>A lane's bound in each worker; with four lanes, four times that may be in flight.</summary>
    public const int MaxInFlight = 100;

    /// <summary>What waits in each lane of a worker at most.</summary>
    public const int QueuePushes = 250;

    /// <summary>What callers of the API show.</summary>
    public const string Key = "end-to-end-key-0000000000000000000000000000";

    private readonly DirectoryInfo _directory;
    private readonly Dictionary<string, string> _shared;
    private readonly List<ChildProgram> _workers = [];
    private readonly Lazy<ResultLedger> _ledger;
    private readonly List<ChildProgram> _apis = [];

    private Deployment(DeploymentOptions options, DirectoryInfo directory, Simulator simulator)
    {
        Options = options;
        _directory = directory;
        Simulator = simulator;
        Kafka = KafkaOf(simulator["kafka"], options);
        AppsFolder = directory.CreateSubdirectory("apps").FullName;
        _shared = Shared();
        _ledger = new(() => new ResultLedger(this));
    }

    public DeploymentOptions Options { get; }

    public Simulator Simulator { get; }

    public KafkaOptions Kafka { get; }

    /// <summary>Where apps may be put while everything runs.</summary>
    public string AppsFolder { get; }

    /// <summary>What workers reported, as it comes; followed from the first record on as soon as somebody asks.</summary>
    public ResultLedger Ledger => _ledger.Value;

    public PushApi Api { get; private set; } = null!;

    public ChildProgram ApiProgram => _apis[0];

    /// <summary>All that were ever started, in the order of their starts.</summary>
    public IReadOnlyList<ChildProgram> Workers
    {
        get
        {
            lock (_workers)
                return [.. _workers];
        }
    }

    public static async Task<Deployment> StartAsync(DeploymentOptions options)
    {
        var directory = Directory.CreateTempSubdirectory("dispatcher-stage-");
        var topics = KafkaOf("", options).Topics;
        string[] consumed = [.. Lane.All.Select(topics.Pushes), .. topics.Delays.Topics];
        var simulator = await Simulator.StartAsync(
            directory.FullName,
            string.Join(',', topics.All.Select(topic => $"{topic}:{(consumed.Contains(topic) ? options.Partitions : options.ReportPartitions)}")),
            options);
        var deployment = new Deployment(options, directory, simulator);
        try
        {
            deployment.Api = await deployment.AddApiAsync();
            foreach (var worker in Enumerable.Range(0, options.Workers).Select(_ => deployment.StartWorker()).ToList())
                await ReadyAsync(worker);
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts another instance of the API.</summary>
    /// <param name="more">What it is set to besides.</param>
    public async Task<PushApi> AddApiAsync(params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string>
        {
            ["Access:Keys:test:Sha256"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Key))),
            ["Access:Keys:test:Tenant"] = "shop",
            ["Server:StopGrace"] = "00:00:00",
        };
        foreach (var (name, value) in Options.ApiSettings.Select(setting => (setting.Key, setting.Value)).Concat(more))
            settings[name] = value;
        var api = Start("Dispatcher.Api", settings);
        _apis.Add(api);
        return new PushApi(await AddressAsync(api), Key);
    }

    public ChildProgram Worker(int index) => Workers[index];

    /// <summary>Starts a worker and waits until it has its share of every lane.</summary>
    public async Task<ChildProgram> AddWorkerAsync()
    {
        var worker = StartWorker();
        await ReadyAsync(worker);
        return worker;
    }

    /// <summary>Starts a worker.</summary>
    public ChildProgram StartWorker()
    {
        var settings = new Dictionary<string, string>
        {
            ["Kafka:DelayTiers"] = Kafka.DelayTiers,
            ["Apns:Endpoint"] = Simulator["apns"],
            ["Apns:TrustedCaPath"] = Simulator["caPath"],
            ["Fcm:Endpoint"] = Options.FcmEndpoint?.Invoke(Simulator) ?? Simulator["fcm"],
            ["Fcm:TrustedCaPath"] = Simulator["caPath"],
            ["Worker:MaxInFlight"] = $"{MaxInFlight}",
            ["Worker:QueuePushes"] = $"{QueuePushes}",
            ["Sending:BreakDuration"] = "00:00:01",
            ["Retry:MaxAttempts"] = "50", // the tiers are quick here, an outage is not
        };
        foreach (var (name, value) in Options.WorkerSettings)
            settings[name] = value;
        var worker = Start("Dispatcher.Worker", settings);
        lock (_workers)
            _workers.Add(worker);
        return worker;
    }

    /// <summary>Waits until a worker has its share of every lane.</summary>
    public static async Task ReadyAsync(ChildProgram worker)
    {
        var api = new PushApi(await AddressAsync(worker), Key);
        await Patience.UntilAsync(() => api.IsReadyAsync(), () => $"a worker is not ready: {string.Join('\n', worker.Lines)}");
    }

    /// <summary>Where a program listens; a line of JSON goes on after it.</summary>
    public static async Task<Uri> AddressAsync(ChildProgram program) => new((await program.SaysAsync("Now listening on: ")).Split('"')[0]);

    public async ValueTask DisposeAsync()
    {
        foreach (var program in Workers)
            await program.DisposeAsync();
        foreach (var api in _apis)
            await api.DisposeAsync();
        if (_ledger.IsValueCreated)
            await _ledger.Value.DisposeAsync();
        await Simulator.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private static KafkaOptions KafkaOf(string bootstrapServers, DeploymentOptions options) =>
        new() { BootstrapServers = bootstrapServers, DelayTiers = options.DelayTiers };

    private ChildProgram Start(string name, Dictionary<string, string> own) =>
        ChildProgram.Start(name, Options.Arguments, new Dictionary<string, string>(_shared.Concat(own)));

    private Dictionary<string, string> Shared()
    {
        var shared = new Dictionary<string, string>
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["AppsFolder"] = AppsFolder,
            // One line per entry, with the instant at which it was made and not at which it is read.
            ["Logging:Console:FormatterName"] = "simple",
            ["Logging:Console:FormatterOptions:SingleLine"] = "true",
            ["Logging:Console:FormatterOptions:UseUtcTimestamp"] = "true",
            ["Logging:Console:FormatterOptions:TimestampFormat"] = LogLine.TimestampFormat,
            ["Kafka:BootstrapServers"] = Kafka.BootstrapServers,
            // In-memory Kafka holds a fetch back for an empty partition, and a rebalance for a session less a second.
            ["Kafka:Properties:fetch.wait.max.ms"] = "10",
            ["Kafka:Properties:session.timeout.ms"] = $"{Options.Session.TotalMilliseconds}",
            ["Kafka:Properties:heartbeat.interval.ms"] = "200",
            ["Kafka:Properties:reconnect.backoff.ms"] = "10",
            ["Kafka:Properties:reconnect.backoff.max.ms"] = "100",
        };
        foreach (var (app, sameAs) in Options.MoreApps.Append(new(Ios, Ios)).Append(new(Android, Android)))
        {
            foreach (var (name, value) in AppSettings(sameAs))
                shared[$"Apps:{app}:{name}"] = value;
        }

        return shared;
    }

    private Dictionary<string, string> AppSettings(string app) => app == Ios
        ? new()
        {
            ["Provider"] = "apns",
            ["Tenant"] = "shop",
            ["BundleId"] = Simulator["apnsBundleId"],
            ["TeamId"] = Simulator["apnsTeamId"],
            ["KeyId"] = Simulator["apnsKeyId"],
            ["KeyPath"] = Simulator["apnsKeyPath"],
        }
        : new()
        {
            ["Provider"] = "fcm",
            ["Tenant"] = "shop",
            ["ProjectId"] = Simulator["fcmProjectId"],
            ["CredentialsPath"] = Simulator["fcmCredentialsPath"],
        };
}
