using Dispatcher.Simulator.Ledger;
using Dispatcher.Simulator.Scenarios;

namespace Dispatcher.Simulator;

/// <summary>What to start and where. Ports of 0 are chosen by the kernel; everything listens on 127.0.0.1 unless there is a <see cref="Host"/>.</summary>
public sealed record SimulatorOptions
{
    /// <summary>Where keys, certificates and <c>simulator.json</c> go; absent: a fresh temporary directory.</summary>
    public string? Directory { get; init; }

    /// <summary>
    /// The name by which other machines reach the providers: with one they listen on all addresses, and addresses, certificate and
    /// credentials have it. In-memory Kafka stays on 127.0.0.1.
    /// </summary>
    public string? Host { get; init; }

    public int ApnsPort { get; init; }

    public int FcmPort { get; init; }

    /// <summary>APNs again, on an HTTP/2 server that breaks in ways that a proper one cannot.</summary>
    public int ApnsWirePort { get; init; }

    /// <summary>FCM again, on such a server.</summary>
    public int FcmWirePort { get; init; }

    /// <summary>APNs' channel management.</summary>
    public int ApnsManagePort { get; init; }

    /// <summary>The metadata server of a machine at Google, plain HTTP.</summary>
    public int MetadataPort { get; init; }

    public int ControlPort { get; init; }

    /// <summary>How many apps there are: each has an Apple team with a key and a bundle id, and a Firebase project with a credential.</summary>
    public int Apps { get; init; } = 1;

    /// <summary>More bundle ids of the first app's team.</summary>
    public IReadOnlyList<string> BundleIds { get; init; } = [];

    /// <summary>What goes wrong, and when; it begins when everything listens.</summary>
    public Scenario? Scenario { get; init; }

    /// <summary>How long a provider takes to answer.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>APNs, FCM, the token endpoint and the control API.</summary>
    public bool WithProviders { get; init; } = true;

    /// <summary>The in-memory Kafka cluster.</summary>
    public bool WithKafka { get; init; } = true;

    /// <summary>Brokers of that cluster.</summary>
    public int KafkaBrokers { get; init; } = 1;

    /// <summary>Topics to create, with their partitions.</summary>
    public IReadOnlyDictionary<string, int> Topics { get; init; } = new Dictionary<string, int>();

    /// <summary>How many ledger entries are kept.</summary>
    public int LedgerCapacity { get; init; } = PushLedger.DefaultCapacity;
}
