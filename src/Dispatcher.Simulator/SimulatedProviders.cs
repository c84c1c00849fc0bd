using System.Security.Cryptography.X509Certificates;
using Dispatcher.Simulator.Apns;
using Dispatcher.Simulator.Control;
using Dispatcher.Simulator.Fcm;
using Dispatcher.Simulator.Google;
using Dispatcher.Simulator.Kafka;
using Dispatcher.Simulator.Ledger;
using Dispatcher.Simulator.Tls;
using Dispatcher.Simulator.Wire;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Dispatcher.Simulator;

/// <summary>APNs, FCM with its token endpoint, and the control API, each on a port of its own.</summary>
public sealed class SimulatedProviders : IAsyncDisposable
{
    /// <summary>The one app that the simulated Apple team has.</summary>
    public const string BundleId = "com.example.shop";

    // What Apple's and Google's servers are seen to announce.
    private const int ApnsMaxStreams = 1000;
    private const int FcmMaxStreams = 100;

    private readonly List<LoopbackServer> _servers = [];
    private readonly List<WireServer> _wires = [];
    private readonly X509Certificate2 _certificate;

    private SimulatedProviders(SimulatorOptions options, SimulatorFiles files, TimeProvider time, Func<double> chance)
    {
        Authority = CertificateAuthority.LoadOrCreate(files.CaCertificate, files.CaKey, time);
        _certificate = Authority.IssueLoopbackServer();
        ApnsKey = ApnsKey.LoadOrCreate(files.ApnsKey);
        ServiceAccount = ServiceAccount.LoadOrCreate(files.ServiceAccount);
        AccessTokens = new AccessTokens(time);
        Ledger = new PushLedger(options.LedgerCapacity);
        AnswerTime = new AnswerTime(options.Latency, time);
        ApnsFaults = new FaultSwitch(chance);
        FcmFaults = new FaultSwitch(chance);
    }

    public CertificateAuthority Authority { get; }

    public ApnsKey ApnsKey { get; }

    public ServiceAccount ServiceAccount { get; }

    public AccessTokens AccessTokens { get; }

    public PushLedger Ledger { get; }

    public AnswerTime AnswerTime { get; }

    public FaultSwitch ApnsFaults { get; }

    public FaultSwitch FcmFaults { get; }

    public FlakyTokens FlakyTokens { get; } = new();

    public Uri ApnsAddress => _servers[0].Address;

    public Uri FcmAddress => _servers[1].Address;

    /// <summary>APNs on the frame-level server: the same rules, faults and ledger.</summary>
    public WireServer ApnsWire => _wires[0];

    /// <summary>FCM on the frame-level server.</summary>
    public WireServer FcmWire => _wires[1];

    public Uri ControlAddress => _servers[2].Address;

    internal static async Task<SimulatedProviders> StartAsync(
        SimulatorOptions options, SimulatorFiles files, InMemoryKafka? kafka, TimeProvider time, Func<double> chance,
        CancellationToken cancellationToken)
    {
        var providers = new SimulatedProviders(options, files, time, chance);
        try
        {
            await providers.ListenAsync(options, kafka, time, cancellationToken);
        }
        catch
        {
            await providers.DisposeAsync();
            throw;
        }

        providers.ServiceAccount.Save(files.ServiceAccount, new Uri(providers.FcmAddress, TokenEndpoint.Path));
        return providers;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_wires.Select(wire => wire.DisposeAsync().AsTask()));
        await Task.WhenAll(_servers.Select(server => server.DisposeAsync().AsTask()));
        ServiceAccount.Dispose();
        ApnsKey.Dispose();
        _certificate.Dispose();
        Authority.Dispose();
    }

    private async Task ListenAsync(SimulatorOptions options, InMemoryKafka? kafka, TimeProvider time, CancellationToken cancellationToken)
    {
        var gate = new AnswerGate(AnswerTime, Ledger);
        var apns = new ApnsEndpoint(new ApnsProviderTokens(ApnsKey), new ApnsTopics(BundleId), ApnsFaults, FlakyTokens, gate, time);
        var fcm = new FcmEndpoint(ServiceAccount, AccessTokens, FcmFaults, FlakyTokens, gate, time);
        var token = new TokenEndpoint(ServiceAccount, AccessTokens, time);
        var control = new ControlEndpoints(this, kafka);

        _servers.Add(await LoopbackServer.StartAsync(
            new(options.ApnsPort, HttpProtocols.Http2, _certificate, ApnsMaxStreams), app => app.Run(apns.HandleAsync), time, cancellationToken));
        _servers.Add(await LoopbackServer.StartAsync(
            new(options.FcmPort, HttpProtocols.Http1AndHttp2, _certificate, FcmMaxStreams),
            app => app.Run(context => context.Request.Path == TokenEndpoint.Path ? token.HandleAsync(context) : fcm.HandleAsync(context)),
            time,
            cancellationToken));
        _wires.Add(WireServer.Start(options.ApnsWirePort, _certificate, WireProfile.Apns, apns.HandleAsync, time));
        _wires.Add(WireServer.Start(options.FcmWirePort, _certificate, WireProfile.Fcm, fcm.HandleAsync, time));
        _servers.Add(await LoopbackServer.StartAsync(
            new(options.ControlPort, HttpProtocols.Http1), control.Map, time, cancellationToken));
    }
}
