using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Dispatcher.Worker.Tests.Engine;

namespace Dispatcher.Worker.Tests;

/// <summary>The real worker as a child process, with a Kafka of its own and a provider that takes connections and never says a word.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private static readonly HttpMessageInvoker Http = new(new SocketsHttpHandler());

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("worker-tests-");
    private readonly TcpListener _provider = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<string> _output = [];
    private readonly ConcurrentQueue<string> _errors = [];
    private readonly Process _process;
    private readonly Task _reading;

    private WorkerProcess((string Name, string Value)[] settings)
    {
        _provider.Start();
        _process = Start(settings);
        _reading = Task.WhenAll(ReadAsync(_process.StandardOutput, _output), ReadAsync(_process.StandardError, _errors));
    }

    public LaneCluster Cluster { get; } = new();

    /// <summary>What it has said on standard error.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    public static WorkerProcess Start(params ReadOnlySpan<(string Name, string Value)> settings) => new(settings.ToArray());

    public bool Says(string text) => _output.Any(line => line.Contains(text, StringComparison.Ordinal));

    public Task SaysAsync(string text) => Eventually.IsAsync(() => Says(text), () => $"no '{text}' in {string.Join('\n', _output.Concat(_errors))}");

    public async Task<int> InFlightAsync() => JsonElement.Parse(await GetAsync("/health/process")).GetProperty("inFlight").GetInt32();

    /// <summary>What one of its pages has.</summary>
    public async Task<string> GetAsync(string path)
    {
        await SaysAsync(Listening);
        var line = _output.First(line => line.Contains(Listening, StringComparison.Ordinal));
        var address = line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..];
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(address), path));
        using var response = await Http.SendAsync(request, CancellationToken.None).WaitAsync(Eventually.Patience);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Sends it a signal.</summary>
    /// <param name="signal">Its name, as kill has it.</param>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync().WaitAsync(Eventually.Patience);
    }

    /// <summary>Its exit code, once it has ended and everything it said is read.</summary>
    public async Task<int> ExitedAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Eventually.Patience);
        await _reading;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await ExitedAsync();
        }

        _process.Dispose();
        _provider.Dispose();
        Cluster.Dispose();
        _folder.Delete(recursive: true);
    }

    private static async Task ReadAsync(StreamReader stream, ConcurrentQueue<string> lines)
    {
        while (await stream.ReadLineAsync() is { } line)
            lines.Enqueue(line);
    }

    private Process Start((string Name, string Value)[] settings)
    {
        var keyPath = Path.Combine(_folder.FullName, "key.p8");
        using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
            File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        (string, string)[] needed =
        [
            ("Urls", "http://127.0.0.1:0"), ("Kafka:BootstrapServers", Cluster.Options.BootstrapServers), ("Kafka:DelayTiers", Cluster.Options.DelayTiers),
            ("Apns:Endpoint", $"https://{_provider.LocalEndpoint}"),
            ($"Apps:{Samples.Ios}:Provider", "apns"), ($"Apps:{Samples.Ios}:Tenant", "shop"), ($"Apps:{Samples.Ios}:BundleId", "com.example.shop"),
            ($"Apps:{Samples.Ios}:TeamId", "TEAM000001"), ($"Apps:{Samples.Ios}:KeyId", "KEY0000001"), ($"Apps:{Samples.Ios}:KeyPath", keyPath),
        ];
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Dispatcher.Worker.dll")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DISPATCHER_EXIT_WITH_STDIN"] = "1" }, // a test run that is killed leaves nothing behind
        };
        foreach (var (name, value) in needed.Concat(settings))
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        return Process.Start(start)!;
    }
}
