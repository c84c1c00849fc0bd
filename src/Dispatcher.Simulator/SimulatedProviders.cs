using System.Security.Cryptography.X509Certificates;
using Dispatcher.Simulator.Apns;
using Dispatcher.Simulator.Control;
using Dispatcher.Simulator.Fcm;
using Dispatcher.Simulator.Google;
using Dispatcher.Simulator.Kafka;
using Dispatcher.Simulator.Ledger;
using Dispatcher.Simulator.Scenarios;
using Dispatcher.Simulator.Tls;
using Dispatcher.Simulator.Wire;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Dispatcher.Simulator;

/// <summary>APNs, FCM with its token endpoint, and the control API, each on a port of its own.</summary>
public sealed class SimulatedProviders : IAsyncDisposable
{
    // What Apple's and Google's servers are seen to announce.
    private const int ApnsMaxStreams = 1000;
    private const int FcmMaxStreams = 100;

    private readonly List<LoopbackServer> _servers = [];
    private readonly List<WireServer> _wires = [];
    private readonly X509Certificate2 _certificate;
    private readonly Func<double> _chance;
    private readonly SemaphoreSlim _playing = new(1);

    private SimulatedProviders(SimulatorOptions options, SimulatorFiles files, TimeProvider time, Func<double> chance)
    {
        Authority = CertificateAuthority.LoadOrCreate(files.CaCertificate, files.CaKey, time);
        _certificate = Authority.IssueServer(options.Host);
        (Time, _chance) = (time, chance);
        Apps = [.. Enumerable.Range(1, options.Apps).Select(number => SimulatedApp.LoadOrCreate(number, options.BundleIds, files))];
        AccessTokens = new AccessTokens(time);
        Ledger = new PushLedger(options.LedgerCapacity);
        AnswerTime = new AnswerTime(options.Latency, time);
        FcmQuotas = new FcmQuotas(time);
        ApnsFaults = new FaultSwitch(chance);
        FcmFaults = new FaultSwitch(chance);
    }

    public CertificateAuthority Authority { get; }

    /// <summary>Whose pushes are taken.</summary>
    public IReadOnlyList<SimulatedApp> Apps { get; }

    /// <summary>The first app's.</summary>
    public ApnsKey ApnsKey => Apps[0].ApnsKey;

    /// <summary>The first app's.</summary>
    public ServiceAccount ServiceAccount => Apps[0].Account;

    public AccessTokens AccessTokens { get; }

    public PushLedger Ledger { get; }

    public AnswerTime AnswerTime { get; }

    public FaultSwitch ApnsFaults { get; }

    public FaultSwitch FcmFaults { get; }

    public FlakyTokens FlakyTokens { get; } = new();

    /// <summary>What waits for devices that are offline.</summary>
    public ApnsStore ApnsStore { get; } = new();

    /// <summary>Broadcast channels.</summary>
    public ApnsChannels ApnsChannels { get; } = new();

    /// <summary>Who follows which topic.</summary>
    public FcmTopics FcmTopics { get; } = new();

    /// <summary>Off until set.</summary>
    public FcmQuotas FcmQuotas { get; }

    public Uri ApnsAddress => _servers[0].Address;

    public Uri FcmAddress => _servers[1].Address;

    /// <summary>APNs on the frame-level server: the same rules, faults and ledger.</summary>
    public WireServer ApnsWire => _wires[0];

    /// <summary>FCM on the frame-level server.</summary>
    public WireServer FcmWire => _wires[1];

    public Uri ControlAddress => _servers[2].Address;

    /// <summary>APNs' channel management.</summary>
    public Uri ApnsManageAddress => _servers[3].Address;

    /// <summary>Google's metadata server.</summary>
    public Uri MetadataAddress => _servers[4].Address;

    /// <summary>What is played, or was played last.</summary>
    public ScenarioRun? Scenario { get; private set; }

    internal TimeProvider Time { get; }

    internal static async Task<SimulatedProviders> StartAsync(
        SimulatorOptions options, SimulatorFiles files, InMemoryKafka? kafka, TimeProvider time, Func<double> chance,
        CancellationToken cancellationToken)
    {
        var providers = new SimulatedProviders(options, files, time, chance);
        try
        {
            await providers.ListenAsync(options, kafka, cancellationToken);
        }
        catch
        {
            await providers.DisposeAsync();
            throw;
        }

        WriteApnsCertificate(files.ApnsCertificate, providers);
        foreach (var app in providers.Apps)
            app.Account.Save(files.ServiceAccount(app.Number), new Uri(providers.FcmAddress, TokenEndpoint.Path));
        if (options.Scenario is { } scenario)
            await providers.PlayAsync(scenario);
        return providers;
    }

    private static void WriteApnsCertificate(string path, SimulatedProviders providers)
    {
        using var certificate = new ApnsCertificate(providers.Authority).Issue(providers.Apps[0].BundleIds[0]);
        using var key = certificate.GetECDsaPrivateKey()!;
        SecretFile.Write(path, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
    }

    /// <summary>Plays a scenario from its beginning, and stops the one before; <see langword="null"/> only stops.</summary>
    public async Task PlayAsync(Scenario? scenario)
    {
        await _playing.WaitAsync();
        try
        {
            if (Scenario is { } before)
                await before.DisposeAsync();
            var chance = scenario?.Seed is { } seed ? new SeededChance(seed).Next : _chance;
            (ApnsFaults.Chance, FcmFaults.Chance) = (chance, chance);
            Scenario = scenario is null ? null : new ScenarioRun(this, scenario);
        }
        finally
        {
            _playing.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await PlayAsync(null);
        await Task.WhenAll(_wires.Select(wire => wire.DisposeAsync().AsTask()));
        await Task.WhenAll(_servers.Select(server => server.DisposeAsync().AsTask()));
        foreach (var app in Apps)
            app.Dispose();
        _certificate.Dispose();
        Authority.Dispose();
        _playing.Dispose();
    }

    private async Task ListenAsync(SimulatorOptions options, InMemoryKafka? kafka, CancellationToken cancellationToken)
    {
        var apns = new ApnsRoutes(this);
        var fcm = new FcmRoutes(this);
        var control = new ControlEndpoints(this, kafka);
        var metadata = new MetadataEndpoint(ServiceAccount, AccessTokens);

        _servers.Add(await LoopbackServer.StartAsync(
            new(options.ApnsPort, HttpProtocols.Http2, _certificate, ApnsMaxStreams, TakesCertificates: true, Host: options.Host), app => app.Run(apns.HandleAsync), Time, cancellationToken));
        _servers.Add(await LoopbackServer.StartAsync(
            new(options.FcmPort, HttpProtocols.Http1AndHttp2, _certificate, FcmMaxStreams, Host: options.Host), app => app.Run(fcm.HandleAsync), Time, cancellationToken));
        _wires.Add(WireServer.Start(options.ApnsWirePort, _certificate, WireProfile.Apns, apns.HandleAsync, Time, options.Host));
        _wires.Add(WireServer.Start(options.FcmWirePort, _certificate, WireProfile.Fcm, fcm.HandleAsync, Time, options.Host));
        _servers.Add(await LoopbackServer.StartAsync(new(options.ControlPort, HttpProtocols.Http1, Host: options.Host), control.Map, Time, cancellationToken));
        _servers.Add(await LoopbackServer.StartAsync(
            new(options.ApnsManagePort, HttpProtocols.Http2, _certificate, TakesCertificates: true, Host: options.Host), app => app.Run(apns.ManageAsync), Time, cancellationToken));
        _servers.Add(await LoopbackServer.StartAsync(new(options.MetadataPort, HttpProtocols.Http1, Host: options.Host), metadata.Map, Time, cancellationToken));
    }
}
