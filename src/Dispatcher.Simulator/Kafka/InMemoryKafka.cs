using System.Runtime.InteropServices;
using System.Text;

namespace Dispatcher.Simulator.Kafka;

/// <summary>
/// A Kafka cluster inside this process: real protocol on loopback ports, memory only, gone with the process. It keeps 5 MiB and
/// 100,000 batches per partition and drops the oldest beyond that, so give a busy topic many partitions.
/// </summary>
public sealed class InMemoryKafka : IDisposable
{
    /// <summary>Every broker, for <see cref="SetDown"/> and the like.</summary>
    public const int AllBrokers = -1;

    private readonly Lock _lock = new();
    private readonly nint _client;
    private readonly nint _cluster;
    private bool _disposed;

    private InMemoryKafka(nint client, nint cluster, int brokers)
    {
        (_client, _cluster, Brokers) = (client, cluster, brokers);
        BootstrapServers = Marshal.PtrToStringUTF8(MockCluster.BootstrapServers(cluster))!;
    }

    /// <summary>How many brokers there are, numbered from 1.</summary>
    public int Brokers { get; }

    /// <summary><c>127.0.0.1:port</c> of each broker, separated by commas.</summary>
    public string BootstrapServers { get; }

    /// <summary>Starts a cluster; brokers are numbered from 1.</summary>
    public static InMemoryKafka Start(int brokers = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(brokers, 1);
        var client = NewHostClient();
        var cluster = MockCluster.New(client, brokers);
        if (cluster == 0)
        {
            MockCluster.DestroyClient(client);
            throw new InvalidOperationException("librdkafka could not start its mock cluster.");
        }

        // A group's first member need not wait for company, and an admin client asks for the controller.
        MockCluster.SetInitialRebalanceDelay(cluster, 0);
        MockCluster.SetController(cluster, 1);
        return new InMemoryKafka(client, cluster, brokers);
    }

    /// <summary>Creates a topic, replicated as widely as there are brokers, up to three.</summary>
    public void CreateTopic(string name, int partitions) =>
        Do(() => MockCluster.CreateTopic(_cluster, name, partitions, Math.Min(Brokers, 3)), $"create topic {name}");

    /// <summary>Cuts a broker's connections and refuses new ones. What it holds stays.</summary>
    public void SetDown(int broker = AllBrokers) => Do(() => MockCluster.SetDown(_cluster, broker), $"set broker {broker} down");

    /// <summary>Lets a broker serve again.</summary>
    public void SetUp(int broker = AllBrokers) => Do(() => MockCluster.SetUp(_cluster, broker), $"set broker {broker} up");

    /// <summary>Makes a broker answer that much later.</summary>
    public void SetRoundTrip(TimeSpan roundTrip, int broker = AllBrokers) =>
        Do(() => MockCluster.SetRoundTrip(_cluster, broker, (int)roundTrip.TotalMilliseconds), $"slow broker {broker} down");

    /// <summary>Makes a broker the coordinator of a consumer group; the group's members and offsets stay as they are.</summary>
    public void MoveCoordinator(string group, int broker) =>
        Do(() => MockCluster.SetCoordinator(_cluster, "group", group, broker), $"make broker {broker} the coordinator of {group}");

    /// <summary>After how much silence a member of a KIP-848 group is dead, and how often it shall be heard; librdkafka has its own idea unless told.</summary>
    public void SetConsumerSession(TimeSpan session, TimeSpan heartbeat)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            MockCluster.SetConsumerSession(_cluster, (int)session.TotalMilliseconds);
            MockCluster.SetConsumerHeartbeat(_cluster, (int)heartbeat.TotalMilliseconds);
        }
    }

    /// <summary>Takes a partition's leader away, so that nobody can read or write it.</summary>
    public void RemoveLeader(string topic, int partition) =>
        Do(() => MockCluster.SetLeader(_cluster, topic, partition, -1), $"take the leader of {topic}/{partition} away");

    /// <summary>Deletes a partition's records before an offset, as retention does.</summary>
    public void DeleteRecords(string topic, int partition, long before) =>
        Do(() => MockCluster.DeleteRecords(_cluster, topic, partition, before), $"delete records of {topic}/{partition}");

    /// <summary>Answers the next requests of that kind with these error codes, one each; what they asked for is not done.</summary>
    public void FailNext(KafkaApi api, params ReadOnlySpan<int> errors)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            MockCluster.PushRequestErrors(_cluster, (short)api, (nuint)errors.Length, errors);
        }
    }

    /// <summary>Forgets the errors that were scripted for that kind of request.</summary>
    public void ClearFailures(KafkaApi api)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            MockCluster.ClearRequestErrors(_cluster, (short)api);
        }
    }

    /// <summary>Forgets every error that was scripted.</summary>
    public void ClearFailures()
    {
        for (var api = (KafkaApi)0; api <= KafkaApis.Last; api++)
            ClearFailures(api);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            MockCluster.Destroy(_cluster);
            MockCluster.DestroyClient(_client);
        }
    }

    private static nint NewHostClient()
    {
        Span<byte> error = stackalloc byte[256];
        var configuration = MockCluster.NewConfiguration();
        // It never connects anywhere, and would warn that it cannot: only errors (syslog level 3) are worth a line.
        _ = MockCluster.Configure(configuration, "log_level", "3", error, (nuint)error.Length);
        var client = MockCluster.NewClient(MockCluster.Producer, configuration, error, (nuint)error.Length);
        if (client != 0)
            return client;

        // Only a successful call takes the configuration over.
        MockCluster.DestroyConfiguration(configuration);
        throw new InvalidOperationException($"librdkafka: {Encoding.UTF8.GetString(error[..error.IndexOf((byte)0)])}");
    }

    private void Do(Func<int> call, string what)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (call() is not 0 and var code)
                throw new InvalidOperationException($"Could not {what}: librdkafka error {code}.");
        }
    }
}
