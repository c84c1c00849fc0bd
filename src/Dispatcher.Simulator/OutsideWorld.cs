using Dispatcher.Simulator.Kafka;

namespace Dispatcher.Simulator;

/// <summary>
/// Stand-ins for everything outside Dispatcher: the push providers and a Kafka cluster. They run inside this process; clients reach them
/// over the wire as they would the real ones.
/// </summary>
public sealed class OutsideWorld : IAsyncDisposable
{
    private OutsideWorld(SimulatorManifest manifest, SimulatedProviders? providers, InMemoryKafka? kafka) =>
        (Manifest, Providers, Kafka) = (manifest, providers, kafka);

    /// <summary>Addresses and credentials.</summary>
    public SimulatorManifest Manifest { get; }

    /// <summary>Absent when they were not asked for.</summary>
    public SimulatedProviders? Providers { get; }

    /// <summary>Absent when it was not asked for.</summary>
    public InMemoryKafka? Kafka { get; }

    /// <summary>Starts what the options ask for and writes the directory, <c>simulator.json</c> last. Nothing in it is ever removed.</summary>
    /// <param name="options">What to start.</param>
    /// <param name="time">The clock that tokens expire and answers are delayed on.</param>
    /// <param name="chance">Uniform in [0, 1), for faults that hit only a share.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    /// <exception cref="IOException">A port is taken, or the directory cannot be written.</exception>
    public static async Task<OutsideWorld> StartAsync(
        SimulatorOptions options, TimeProvider time, Func<double> chance, CancellationToken cancellationToken = default)
    {
        var files = SimulatorFiles.In(options.Directory);
        InMemoryKafka? kafka = null;
        SimulatedProviders? providers = null;
        try
        {
            // Kafka first: the control API beside the providers controls it too.
            kafka = options.WithKafka ? StartKafka(options) : null;
            providers = options.WithProviders
                ? await SimulatedProviders.StartAsync(options, files, kafka, time, chance, cancellationToken)
                : null;
            var manifest = Describe(files, providers, kafka);
            manifest.Save(files.Directory);
            return new OutsideWorld(manifest, providers, kafka);
        }
        catch
        {
            if (providers is not null)
                await providers.DisposeAsync();
            kafka?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Providers is not null)
            await Providers.DisposeAsync();
        Kafka?.Dispose();
    }

    private static InMemoryKafka StartKafka(SimulatorOptions options)
    {
        var kafka = InMemoryKafka.Start(options.KafkaBrokers);
        foreach (var (topic, partitions) in options.Topics)
            kafka.CreateTopic(topic, partitions);
        return kafka;
    }

    private static SimulatorManifest Describe(SimulatorFiles files, SimulatedProviders? providers, InMemoryKafka? kafka)
    {
        var manifest = new SimulatorManifest { Kafka = kafka?.BootstrapServers };
        if (providers is null)
            return manifest;

        ManifestApp[] apps = [.. providers.Apps.Select(app => new ManifestApp(
            files.ApnsKey(app.ApnsKey.KeyId), app.ApnsKey.KeyId, app.ApnsKey.TeamId, app.BundleIds, files.ServiceAccount(app.Number), app.Account.ProjectId))];
        return manifest with
        {
            Apns = Origin(providers.ApnsAddress),
            Fcm = Origin(providers.FcmAddress),
            ApnsWire = Origin(providers.ApnsWire.Address),
            FcmWire = Origin(providers.FcmWire.Address),
            ApnsManage = Origin(providers.ApnsManageAddress),
            Metadata = Origin(providers.MetadataAddress),
            Token = new Uri(providers.FcmAddress, Google.TokenEndpoint.Path).AbsoluteUri,
            Control = Origin(providers.ControlAddress),
            CaPath = files.CaCertificate,
            ApnsKeyPath = apps[0].ApnsKeyPath,
            ApnsCertificatePath = files.ApnsCertificate,
            ApnsKeyId = apps[0].ApnsKeyId,
            ApnsTeamId = apps[0].ApnsTeamId,
            ApnsBundleId = apps[0].ApnsBundleIds[0],
            FcmCredentialsPath = apps[0].FcmCredentialsPath,
            FcmProjectId = apps[0].FcmProjectId,
            Apps = apps,
        };
    }

    private static string Origin(Uri address) => address.GetLeftPart(UriPartial.Authority);
}
