using System.Globalization;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Keys;

namespace Dispatcher.Cli.Up;

/// <summary>The environment that configures the API and the workers.</summary>
/// <param name="kafka">The cluster.</param>
/// <param name="appsFolder">The apps.</param>
/// <param name="simulator">The providers' stand-in, where there is one.</param>
internal sealed class ServiceEnvironment(KafkaConnection kafka, string appsFolder, SimulatorInfo? simulator)
{
    /// <summary>For the API.</summary>
    /// <param name="address">Where it listens.</param>
    /// <param name="key">The key that it knows.</param>
    /// <param name="tenant">Whose key that is.</param>
    /// <param name="watching">A key that may look at the dashboard and do nothing else.</param>
    /// <param name="workers">Whom the dashboard shows.</param>
    public Dictionary<string, string?> Api(Uri address, ApiKey key, string tenant, ApiKey watching, IReadOnlyList<Uri> workers)
    {
        var environment = Shared(address);
        environment["Server__StopGrace"] = "00:00:00"; // no load balancer has to notice
        environment["Access__Keys__up__Sha256"] = key.Sha256;
        environment["Access__Keys__up__Tenant"] = tenant;
        environment["Access__Keys__dashboard__Sha256"] = watching.Sha256;
        environment["Access__Keys__dashboard__Scopes"] = "ops:read";
        foreach (var (index, worker) in workers.Index())
            environment[$"Dashboard__Instances__{index.ToString(CultureInfo.InvariantCulture)}"] = Origin(worker);
        if (simulator?.Kafka is not null)
        {
            // In-memory Kafka keeps 5 MiB of a partition and drops the oldest, read or not.
            environment["Backlog__MaxPartitionBytes"] = "4194304";
            environment["Backlog__BulkShare"] = "0.8";
        }

        if (simulator?.Fcm is { } fcm)
        {
            environment["Fcm__TopicEndpoint"] = Origin(fcm);
            environment["Fcm__TrustedCaPath"] = simulator.CaPath;
        }

        if (simulator is { Apns: { } apns })
        {
            environment["Apns__ChannelsEndpoint"] = Origin(apns);
            environment["Apns__TrustedCaPath"] = simulator.CaPath;
        }

        return environment;
    }

    /// <summary>For a worker.</summary>
    /// <param name="address">Where its health is asked for.</param>
    public Dictionary<string, string?> Worker(Uri address)
    {
        var environment = Shared(address);
        if (simulator is { Apns: { } apns, Fcm: { } fcm })
        {
            environment["Apns__Endpoint"] = Origin(apns);
            environment["Apns__TrustedCaPath"] = simulator.CaPath;
            environment["Fcm__Endpoint"] = Origin(fcm);
            environment["Fcm__TrustedCaPath"] = simulator.CaPath;
            foreach (var name in (string[])["Limits__Ramp", "Apns__OpeningPace", "Fcm__OpeningPace"])
                environment[name] = "00:00:00"; // there is nobody to spare
        }

        // In-memory Kafka holds a whole fetch back for one empty partition.
        if (simulator?.Kafka is not null)
            environment["Kafka__Properties__fetch.wait.max.ms"] = "20";

        return environment;
    }

    /// <summary>What other commands have to know of a worker's.</summary>
    public Dictionary<string, string?> Configuration() => Worker(new Uri("http://127.0.0.1"))
        .Where(variable => variable.Key == "AppsFolder" || variable.Key.Contains("__", StringComparison.Ordinal))
        .ToDictionary();

    private Dictionary<string, string?> Shared(Uri address) => new()
    {
        ["Urls"] = Origin(address),
        ["ASPNETCORE_URLS"] = null, // whoever set it meant another server
        ["Kafka__BootstrapServers"] = kafka.Options.BootstrapServers,
        ["Kafka__TopicPrefix"] = kafka.Options.TopicPrefix,
        ["AppsFolder"] = appsFolder,

        // Keeps the buffers of a thousand concurrent pushes in the pool.
        ["DOTNET_SYSTEM_BUFFERS_SHAREDARRAYPOOL_MAXARRAYSPERPARTITION"] = "1024",

        // Collects every 32 MiB instead of 16: what is in flight survives each time and is looked at each time.
        ["DOTNET_GCgen0size"] = "0x2000000",

        // An idle thread of the pool sleeps at once: 2 µs a push that it would have asked for work in vain.
        ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",
    };

    private static string Origin(Uri address) => address.GetLeftPart(UriPartial.Authority);
}
