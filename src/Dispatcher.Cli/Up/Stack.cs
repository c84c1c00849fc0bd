using System.Globalization;
using Dispatcher.Cli.Arguments;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Keys;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Processes;
using Dispatcher.Cli.Session;
using Dispatcher.Cli.Topics;
using Dispatcher.Core.Apps;

namespace Dispatcher.Cli.Up;

/// <summary>The processes of one <c>up</c>, started from the outside in and stopped from the inside out.</summary>
/// <param name="request">What to start.</param>
/// <param name="folder">Where logs and keys go.</param>
/// <param name="children">Watches over them.</param>
/// <param name="http">Asks whether they are ready.</param>
/// <param name="time">The clock.</param>
internal sealed class Stack(UpRequest request, SessionFolder folder, ChildSet children, HttpMessageInvoker http, TimeProvider time)
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ApiGrace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WorkerGrace = TimeSpan.FromSeconds(30); // what a worker's drain may take
    private static readonly TimeSpan SimulatorGrace = TimeSpan.FromSeconds(5);

    private readonly DateTimeOffset _readyBy = time.GetUtcNow() + ReadyWithin;
    private readonly List<ChildProcess> _workers = [];
    private ChildProcess? _simulator;
    private ChildProcess? _api;

    /// <summary>Starts everything and waits until all of it is ready.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(UpSession Session, KafkaConnection Kafka)> StartAsync(CancellationToken cancellationToken)
    {
        var simulator = await StartSimulatorAsync(cancellationToken);
        var kafka = Kafka(request.Kafka ?? simulator!.Kafka!, request.TopicPrefix);
        if (request.Kafka is not null)
            await CreateTopicsAsync(kafka);

        var (appsFolder, apps, tenant) = Apps(simulator);
        var environment = new ServiceEnvironment(kafka, appsFolder, simulator);
        var api = Local(request.Port);
        var (key, watching) = (ApiKey.Create(), ApiKey.Create());
        var workers = Enumerable.Range(1, request.Workers).Select(_ => Local(Ports.Require(0))).ToArray();
        _api = children.Start("api", Find("Dispatcher.Api").Start([]), environment.Api(api, key, tenant, watching, workers));
        foreach (var (number, worker) in workers.Index())
        {
            var name = $"worker {(number + 1).ToString(CultureInfo.InvariantCulture)}";
            _workers.Add(children.Start(name, Find("Dispatcher.Worker").Start([]), environment.Worker(worker)));
        }

        var readiness = new Readiness(http, time);
        foreach (var (child, address) in _workers.Prepend(_api).Zip(workers.Prepend(api)))
            await ReadyAsync(child, token => readiness.WaitAsync(address, token), cancellationToken);

        var session = new UpSession(
            api, key.Secret, kafka.Options.BootstrapServers, request.TopicPrefix, simulator?.Control, workers, apps, Environment.ProcessId)
        {
            Environment = environment.Configuration(),
            Dashboard = new Uri(api, $"dashboard#key={watching.Secret}"),
        };
        return (session, kafka);
    }

    public static KafkaConnection Kafka(string brokers, string topicPrefix) =>
        KafkaConnection.To(brokers, topicPrefix, Environment.GetEnvironmentVariables());

    /// <summary>The API answers what it has taken and takes nothing new.</summary>
    public Task<IReadOnlyList<string>> StopApiAsync() => StopAsync(_api is null ? [] : [_api], ApiGrace);

    /// <summary>The workers settle what they have begun.</summary>
    public Task<IReadOnlyList<string>> StopWorkersAsync() => StopAsync(_workers, WorkerGrace);

    /// <summary>The stand-ins, last: until now the workers needed them.</summary>
    public Task<IReadOnlyList<string>> StopSimulatorAsync() => StopAsync(_simulator is null ? [] : [_simulator], SimulatorGrace);

    private async Task<IReadOnlyList<string>> StopAsync(IReadOnlyList<ChildProcess> stopped, TimeSpan grace)
    {
        children.ExpectDeaths();
        var clean = await Task.WhenAll(stopped.Select(child => child.StopAsync(grace, time)));
        return [.. stopped.Zip(clean).Where(pair => !pair.Second).Select(pair =>
            $"{pair.First.Name} did not stop by itself, without an error, within {Duration.Text(grace)}; its log: {folder.Log(pair.First.Name)}")];
    }

    private async Task CreateTopicsAsync(KafkaConnection kafka)
    {
        using var cluster = new ClusterTopics(kafka);
        var copies = request.Replication ?? cluster.UsualReplication;
        var plans = TopicPlan.All(kafka.Topics, request.PartitionCount, copies);
        foreach (var change in TopicChange.Needed(plans, await cluster.ReadAsync(plans), copies, grows: false, alters: false))
            await cluster.ApplyAsync(change);
    }

    private async Task<SimulatorInfo?> StartSimulatorAsync(CancellationToken cancellationToken)
    {
        if (request is { Kafka: not null, SimulateProviders: false })
            return null;

        List<string> arguments = ["--directory", folder.Simulator, "--latency", Duration.Text(request.Latency)];
        if (request.Kafka is not null)
        {
            arguments.Add("--no-kafka");
        }
        else
        {
            var partitions = request.PartitionCount.ToString(CultureInfo.InvariantCulture);
            var names = new Core.Kafka.TopicNames(request.TopicPrefix);
            // Who starts reads the whole of these two, and in-memory Kafka takes its time for each partition.
            var topics = names.All.Select(topic => topic == names.Scheduled || topic == names.Cancels ? $"{topic}:3" : $"{topic}:{partitions}");
            arguments.AddRange(["--kafka-partitions", partitions, "--topics", string.Join(',', topics)]);
        }

        if (!request.SimulateProviders)
            arguments.Add("--no-providers");
        _simulator = children.Start("simulator", Find("Dispatcher.Simulator").Start(arguments), []);
        var ready = _simulator.Output.LineAfter(SimulatorInfo.ReadyPrefix);
        await ReadyAsync(_simulator, ready.WaitAsync, cancellationToken);
        return SimulatorInfo.Read(await ready);
    }

    private (string Folder, IReadOnlyList<SessionApp> Apps, string Tenant) Apps(SimulatorInfo? simulator)
    {
        if (request.AppsFolder is null)
            SampleApps.Write(folder.Apps, simulator!);
        var path = Path.GetFullPath(request.AppsFolder ?? folder.Apps);
        var apps = AppCatalog.Load(new Dictionary<string, AppOptions>(), path).Apps;
        return apps.Count == 0
            ? throw new CommandFailedException($"--apps '{path}' has no app file: one {{name}}.json an app.")
            : (path, [.. apps.Select(app => new SessionApp(app.Name, app.Provider))], apps.First().Tenant);
    }

    private async Task ReadyAsync(ChildProcess child, Func<CancellationToken, Task> ready, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_readyBy - time.GetUtcNow(), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await children.WhileAliveAsync(ready(either.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandFailedException(
                $"{child.Name} was not ready within {Duration.Text(ReadyWithin)}. {children.LastWords(child)}");
        }
        finally
        {
            await either.CancelAsync(); // stops asking when a death ended the wait
        }
    }

    private static Executable Find(string name) => Executable.Find(name, AppContext.BaseDirectory);

    private static Uri Local(int port) => new($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}");
}
