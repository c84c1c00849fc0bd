using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Dispatcher.Simulator.Tests.Wire;

/// <summary>The simulated providers on real sockets, and a client that trusts nothing but their CA.</summary>
public class SimulatorFixture : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("simulator-tests-");
    private readonly ConcurrentDictionary<int, int> _connections = [];
    private OutsideWorld? _world;
    private HttpMessageInvoker? _client;

    /// <summary>0: without Kafka.</summary>
    internal int KafkaBrokers { get; init; }

    internal int Apps { get; init; } = 1;

    internal string[] BundleIds { get; init; } = [];

    /// <summary>Pushes go to the frame-level server.</summary>
    internal bool IsOnWire { get; init; }

    /// <summary>Otherwise connections of the frame-level server neither age nor idle, nor change their limits.</summary>
    internal bool KeepsProfiles { get; init; }

    internal TestTime Time { get; } = new();

    /// <summary>What the simulator runs on; <see cref="Time"/> unless given.</summary>
    internal TimeProvider? Clock { get; init; }

    internal string ApnsOrigin => IsOnWire ? Manifest.ApnsWire! : Manifest.Apns!;

    internal string FcmOrigin => IsOnWire ? Manifest.FcmWire! : Manifest.Fcm!;

    /// <summary>Asked once for each request that a fault with a probability below 1 might hit.</summary>
    internal Func<double> Chance { get; set; } = () => 0.5;

    internal SimulatedProviders Providers => _world!.Providers!;

    internal SimulatorManifest Manifest => _world!.Manifest;

    public async Task InitializeAsync()
    {
        var options = new SimulatorOptions
        {
            Directory = _directory.FullName,
            WithKafka = KafkaBrokers > 0,
            KafkaBrokers = KafkaBrokers,
            Apps = Apps,
            BundleIds = BundleIds,
        };
        Time.FiresAtOnce = !IsOnWire;
        _world = await OutsideWorld.StartAsync(options, Clock ?? Time, () => Chance());
        _client = NewClient(Providers.Authority.Certificate, port => _connections.AddOrUpdate(port, 1, (_, count) => count + 1));
        if (KeepsProfiles)
            return;
        Providers.ApnsWire.Profile = Providers.ApnsWire.Profile with { FirstStreams = null, StreamsAfterError = null };
        Providers.FcmWire.Profile = Providers.FcmWire.Profile with { IdleMs = null, MaxAgeMs = null };
    }

    public async Task DisposeAsync()
    {
        _client?.Dispose();
        if (_world is not null)
            await _world.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    internal static HttpMessageInvoker NewClient(X509Certificate2 trusted, Action<int>? connecting = null, X509Certificate2? certificate = null) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellationToken) =>
        {
            connecting?.Invoke(context.DnsEndPoint.Port);
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
        SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificates = certificate is null ? null : [certificate],
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { trusted },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        },
        UseProxy = false,
        ActivityHeadersPropagator = null,
    });

    /// <summary>How often the client has connected there.</summary>
    internal int ConnectionsTo(string origin) => _connections.GetValueOrDefault(new Uri(origin).Port);

    internal Task<Answer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken = default) =>
        SendAsync(request, null, cancellationToken);

    internal async Task<Answer> SendAsync(HttpRequestMessage request, HttpMessageInvoker? client, CancellationToken cancellationToken)
    {
        using (request)
            return await Answer.ReadAsync(await (client ?? _client!).SendAsync(request, cancellationToken));
    }

    internal Task<Answer> ControlAsync(HttpMethod method, string path, string? json = null) => SendAsync(new HttpRequestMessage(method, Manifest.Control + path)
    {
        Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json"),
    });

    internal static HttpRequestMessage Http2(HttpMethod method, string uri) =>
        new(method, uri) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
}
