using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Dispatcher.Chaos.Stage;
using Dispatcher.Testing.Programs;

namespace Dispatcher.Deploy.Tests.Prometheus;

/// <summary>A real Prometheus with our configuration, whose targets are given.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private static readonly HttpMessageInvoker Http = new(new SocketsHttpHandler { UseProxy = false });

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("prometheus-");
    private readonly int _port = FreePort();
    private Process? _process;

    /// <summary>Starts it and waits until it answers.</summary>
    /// <param name="targets">Where the jobs' processes are.</param>
    /// <param name="apiKey">The key that the API wants.</param>
    public static async Task<PrometheusServer> StartAsync(IReadOnlyDictionary<string, string> targets, string apiKey)
    {
        var server = new PrometheusServer();
        await server.StartAsync(Configuration(targets, server._folder.FullName), apiKey);
        return server;
    }

    /// <summary>What an expression is now: a value for each set of labels.</summary>
    public async Task<IReadOnlyList<JsonNode>> QueryAsync(string expression)
    {
        using var question = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_port}/api/v1/query?query={Uri.EscapeDataString(expression)}");
        using var answer = await Http.SendAsync(question, CancellationToken.None);
        var json = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        return answer.IsSuccessStatusCode
            ? [.. json["data"]!["result"]!.AsArray().Select(result => result!)]
            : throw new InvalidOperationException($"{expression}: {json["error"]}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private async Task StartAsync(string configuration, string apiKey)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "api-key"), apiKey);
        Directory.CreateSymbolicLink(Path.Combine(_folder.FullName, "rules"), Path.Combine(Checkout.Root, "deploy/prometheus/rules"));
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "prometheus.yml"), configuration);
        var start = new ProcessStartInfo(InstalledProgram.Find("prometheus")!) { WorkingDirectory = _folder.FullName, RedirectStandardError = true };
        foreach (var argument in (string[])["--config.file=prometheus.yml", "--storage.tsdb.path=data", $"--web.listen-address=127.0.0.1:{_port}", "--log.level=warn"])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        var errors = _process.StandardError.ReadToEndAsync(CancellationToken.None);
        await Patience.UntilAsync(
            async () => _process.HasExited ? throw new InvalidOperationException($"Prometheus ended: {await errors}") : await IsReadyAsync(),
            () => "Prometheus is not ready");
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var question = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_port}/-/ready");
            using var answer = await Http.SendAsync(question, CancellationToken.None);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // not listening yet
        }
    }

    /// <summary>Ours, but for where the processes are and how often they are asked.</summary>
    private static string Configuration(IReadOnlyDictionary<string, string> targets, string folder)
    {
        var configuration = YamlReader.Read(Checkout.Read("deploy/prometheus/prometheus.yml"));
        var global = configuration["global"]!;
        (global["scrape_interval"], global["scrape_timeout"], global["evaluation_interval"]) = ("1s", "1s", "1s");
        foreach (var job in configuration["scrape_configs"]!.AsArray().Select(job => job!.AsObject()).Where(job => targets.ContainsKey(job["job_name"]!.GetValue<string>())))
        {
            job.Remove("dns_sd_configs");
            job["static_configs"] = new JsonArray(new JsonObject { ["targets"] = new JsonArray(targets[job["job_name"]!.GetValue<string>()]) });
            if (job["authorization"] is { } authorization)
                authorization["credentials_file"] = Path.Combine(folder, "api-key");
        }

        return configuration.ToJsonString(); // JSON is YAML
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
