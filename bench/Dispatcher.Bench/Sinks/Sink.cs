using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using Dispatcher.Bench.Stage;
using Dispatcher.Chaos.Stage;

namespace Dispatcher.Bench.Sinks;

/// <summary>What stands for the providers, in a process of its own: nginx where it is installed and enough, else <see cref="SinkServer"/>.</summary>
internal sealed class Sink : IAsyncDisposable
{
    private readonly ChildProgram? _own;
    private readonly Process? _nginx;
    private readonly HttpMessageInvoker _http;
    private readonly StageFiles _files;

    private Sink(Uri address, StageFiles files, ChildProgram? own, Process? nginx)
    {
        (Address, _files, _own, _nginx) = (address, files, own, nginx);
        CredentialsPath = files.ServiceAccount(new Uri(address, "/token"));
        _http = new HttpMessageInvoker(NewHandler(files.Certificate));
    }

    public Uri Address { get; }

    public string CredentialsPath { get; }

    /// <summary>What it is, for people.</summary>
    public string Name => _nginx is null ? "the bench's own (Kestrel)" : "nginx";

    /// <summary>Processor time that it has used; zero where that cannot be told.</summary>
    public TimeSpan Processor => ProcessFigures.Of(_own?.Id ?? _nginx!.Id)?.Processor ?? TimeSpan.Zero;

    /// <summary>Starts one that answers at once.</summary>
    public static Task<Sink> StartAsync(StageFiles files) =>
        Nginx.Executable is not null ? StartNginxAsync(files) : StartAsync(files, TimeSpan.Zero);

    /// <summary>Starts our own.</summary>
    /// <param name="files">Certificate and keys.</param>
    /// <param name="latency">How long an answer takes.</param>
    /// <param name="recorded">Of how many numbered pushes the arrival is remembered.</param>
    public static async Task<Sink> StartAsync(StageFiles files, TimeSpan latency, int recorded = 0)
    {
        var program = ChildProgram.Start(
            "Dispatcher.Bench",
            ["sink", "--certificate", files.Certificate, "--key", files.CertificateKey, "--latency", $"{latency.TotalMilliseconds}", "--recorded", $"{recorded}"],
            Runtime.Settings);
        try
        {
            return new Sink(new Uri(await program.SaysAsync("ready ")), files, program, nginx: null);
        }
        catch
        {
            await program.DisposeAsync();
            throw;
        }
    }

    /// <summary>A handler that trusts the sink, otherwise as the pool of workers has them.</summary>
    public static SocketsHttpHandler NewHandler(string certificate) => new()
    {
        EnableMultipleHttp2Connections = false,
        AutomaticDecompression = DecompressionMethods.None,
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(certificate) },
            },
        },
    };

    /// <summary>The configuration with which a worker sends here, and its apps.</summary>
    public Dictionary<string, string> Settings() => new()
    {
        ["Apns:Endpoint"] = Origin,
        ["Apns:TrustedCaPath"] = _files.Certificate,
        ["Fcm:Endpoint"] = Origin,
        ["Fcm:TrustedCaPath"] = _files.Certificate,
        [$"Apps:{Samples.Ios}:Provider"] = "apns",
        [$"Apps:{Samples.Ios}:BundleId"] = Samples.BundleId,
        [$"Apps:{Samples.Ios}:TeamId"] = "DEF123GHIJ",
        [$"Apps:{Samples.Ios}:KeyId"] = "ABC123DEFG",
        [$"Apps:{Samples.Ios}:KeyPath"] = _files.ApnsKey,
        [$"Apps:{Samples.Android}:Provider"] = "fcm",
        [$"Apps:{Samples.Android}:ProjectId"] = Samples.Project,
        [$"Apps:{Samples.Android}:CredentialsPath"] = CredentialsPath,
    };

    /// <summary>What one request since the last call looked like; <see langword="null"/> from nginx, which does not say.</summary>
    public async Task<SeenRequest?> SeenAsync()
    {
        if (_own is null)
            return null;
        using var response = await GetAsync("/seen");
        return await response.Content.ReadFromJsonAsync<SeenRequest>();
    }

    /// <summary>When each numbered push arrived, on the machine's monotonic clock; 0 where it has not.</summary>
    public async Task<long[]> ArrivalsAsync()
    {
        using var response = await GetAsync("/arrivals");
        return MemoryMarshal.Cast<byte, long>(await response.Content.ReadAsByteArrayAsync()).ToArray();
    }

    /// <summary>Forgets every arrival.</summary>
    public async Task ClearAsync() => (await GetAsync("/clear")).Dispose();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_own is not null)
            await _own.DisposeAsync();
        if (_nginx is not null)
        {
            _nginx.Kill(entireProcessTree: true);
            _nginx.Dispose();
        }
    }

    private string Origin => Address.GetLeftPart(UriPartial.Authority);

    private async Task<HttpResponseMessage> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address, path)) { Version = HttpVersion.Version20 };
        return await _http.SendAsync(request, CancellationToken.None).WaitAsync(Patience.Limit);
    }

    private static async Task<Sink> StartNginxAsync(StageFiles files)
    {
        var port = FreePort();
        var nginx = Nginx.Start(files, port);
        var sink = new Sink(new Uri($"https://127.0.0.1:{port}"), files, own: null, nginx);
        try
        {
            await Patience.UntilAsync(() => IsOpenAsync(port), () => "nginx does not listen");
            return sink;
        }
        catch
        {
            await sink.DisposeAsync();
            throw;
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static async Task<bool> IsOpenAsync(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
