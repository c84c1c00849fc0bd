using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dispatcher.Simulator.Kafka;

namespace Dispatcher.Api.Tests;

/// <summary>The real API as a child process, with a Kafka of its own, three apps and two tenants.</summary>
public sealed class ApiProcess : IAsyncDisposable
{
    /// <summary>The key of tenant <c>acme</c>, which has <c>shop-ios</c> and <c>shop-android</c>.</summary>
    public const string Key = "acme-key-000000000000000000000000000000000000";

    /// <summary>The key of tenant <c>rival</c>, which has <c>rival-ios</c>.</summary>
    public const string RivalKey = "rival-key-00000000000000000000000000000000000";

    /// <summary>A key of tenant <c>acme</c> for urgent pushes and nothing else.</summary>
    public const string SendKey = "acme-send-key-0000000000000000000000000000000";

    /// <summary>A key of tenant <c>acme</c> for bulk pushes and nothing else.</summary>
    public const string BulkKey = "acme-bulk-key-0000000000000000000000000000000";

    /// <summary>A key of tenant <c>acme</c> for figures about the service and nothing else.</summary>
    public const string OpsKey = "acme-ops-key-00000000000000000000000000000000";

    /// <summary>How long a test waits for what has to come.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const string Listening = "Now listening on: ";

    private static readonly HttpMessageInvoker Http = new(new SocketsHttpHandler());

    private readonly DirectoryInfo _folder;
    private readonly Process _process;

    private ApiProcess(LaneTopics kafka, DirectoryInfo folder, Process process, Uri address)
    {
        (Kafka, _folder, _process, Address) = (kafka, folder, process, address);
    }

    public LaneTopics Kafka { get; }

    public Uri Address { get; }

    /// <summary>Its appsettings.json; there is none at first.</summary>
    public string SettingsPath => Path.Combine(_folder.FullName, "appsettings.json");

    /// <summary>Starts the API and waits until it listens.</summary>
    /// <param name="settings">Configuration beside what it needs.</param>
    public static Task<ApiProcess> StartAsync(params (string Name, string Value)[] settings) => StartAsync(new LaneTopics(), settings);

    /// <summary>Starts another API of the same Kafka; ends before that one does.</summary>
    public Task<ApiProcess> StartAnotherAsync() => StartAsync(new LaneTopics(Kafka.Cluster), []);

    private static async Task<ApiProcess> StartAsync(LaneTopics kafka, (string Name, string Value)[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("api-tests-");
        var process = Start(kafka.Cluster, folder, settings);
        while (await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                return new ApiProcess(kafka, folder, process, new Uri(line[(at + Listening.Length)..]));
            }
        }

        throw new InvalidOperationException(await process.StandardError.ReadToEndAsync());
    }

    /// <summary>Starts the API and waits until it gives up.</summary>
    /// <param name="settings">Configuration beside what it needs; an empty value takes a setting away.</param>
    /// <returns>Its exit code and what it said about it.</returns>
    public static async Task<(int ExitCode, string[] Error)> FailAsync(params (string Name, string Value)[] settings)
    {
        using var kafka = new LaneTopics();
        var folder = Directory.CreateTempSubdirectory("api-tests-");
        using var process = Start(kafka.Cluster, folder, settings);
        var error = await process.StandardError.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);
        folder.Delete(recursive: true);
        return (process.ExitCode, error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Posts a body to <c>/push</c>.</summary>
    public Task<Answer> PushAsync(string body, string? key = Key, string? contentType = "application/json") =>
        SendAsync(HttpMethod.Post, "/push", key, contentType, Encoding.UTF8.GetBytes(body));

    /// <summary>Posts a body to <c>/push</c>, with more headers.</summary>
    public Task<Answer> PushAsync(string body, params (string Name, string Value)[] headers) => PushAsync(body, Key, headers);

    /// <summary>Posts a body to <c>/push</c> as somebody, with more headers.</summary>
    public Task<Answer> PushAsync(string body, string key, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, "/push", key, "application/json", Encoding.UTF8.GetBytes(body), headers: headers);

    /// <summary>Posts lines to <c>/push/batch</c>.</summary>
    public Task<Answer> BatchAsync(string body, string? key = Key, string? contentType = "application/x-ndjson") =>
        SendAsync(HttpMethod.Post, "/push/batch", key, contentType, Encoding.UTF8.GetBytes(body));

    /// <summary>Takes away the file of an app.</summary>
    public void RemoveApp(string name) => File.Delete(Path.Combine(_folder.FullName, "apps", $"{name}.json"));

    /// <summary>Waits until a body is not accepted any more.</summary>
    public async Task RefusesAsync(string body)
    {
        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        while ((await PushAsync(body)).Status == 202)
            await timer.WaitForNextTickAsync(deadline.Token);
    }

    /// <summary>Sends a request.</summary>
    public async Task<Answer> SendAsync(
        HttpMethod method,
        string path,
        string? key = null,
        string? contentType = null,
        byte[]? body = null,
        string? encoding = null,
        IEnumerable<(string Name, string Value)>? headers = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Address, path));
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        if (body is not null)
            request.Content = new ByteArrayContent(body);
        if (contentType is not null)
            request.Content?.Headers.TryAddWithoutValidation("Content-Type", contentType);
        if (encoding is not null)
            request.Content?.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        foreach (var header in (headers ?? []).GroupBy(header => header.Name))
            request.Headers.TryAddWithoutValidation(header.Key, header.Select(line => line.Value));
        using var response = await Http.SendAsync(request, CancellationToken.None).WaitAsync(Patience);
        return await Answer.ReadAsync(response);
    }

    /// <summary>Asks the process to end, and waits until it has.</summary>
    public async Task<int> TerminateAsync()
    {
        await SignalAsync();
        return await ExitedAsync();
    }

    /// <summary>Asks the process to end.</summary>
    public async Task SignalAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync().WaitAsync(Patience);
    }

    /// <summary>Its exit code, once it has ended.</summary>
    public async Task<int> ExitedAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }

        _process.Dispose();
        Kafka.Dispose();
        _folder.Delete(recursive: true);
    }

    private static Process Start(InMemoryKafka kafka, DirectoryInfo folder, (string Name, string Value)[] settings)
    {
        string File(string name)
        {
            var path = Path.Combine(folder.FullName, name);
            System.IO.File.WriteAllText(path, "{}");
            return path;
        }

        var apps = folder.CreateSubdirectory("apps");
        System.IO.File.WriteAllText(
            Path.Combine(apps.FullName, "shop-android.json"),
            JsonSerializer.Serialize(new { provider = "fcm", tenant = "acme", credentialsPath = File("service-account.json") }));
        (string, string)[] needed =
        [
            ("Urls", "http://127.0.0.1:0"), ("Server:StopGrace", "00:00:00"), ("Kafka:BootstrapServers", kafka.BootstrapServers),
            ("Kafka:Properties:reconnect.backoff.ms", "10"), ("Kafka:Properties:reconnect.backoff.max.ms", "50"),
            ("AppsFolder", apps.FullName),
            ("Apps:shop-ios:Provider", "apns"), ("Apps:shop-ios:Tenant", "acme"), ("Apps:shop-ios:BundleId", "com.example.shop"),
            ("Apps:shop-ios:TeamId", "TEAM000001"), ("Apps:shop-ios:KeyId", "KEY0000001"), ("Apps:shop-ios:KeyPath", File("key.p8")),
            ("Apps:rival-ios:Provider", "apns"), ("Apps:rival-ios:Tenant", "rival"), ("Apps:rival-ios:BundleId", "com.example.rival"),
            ("Apps:rival-ios:TeamId", "TEAM000002"), ("Apps:rival-ios:KeyId", "KEY0000002"), ("Apps:rival-ios:KeyPath", File("key.p8")),
            ("Access:Keys:acme:Sha256", Sha256(Key)), ("Access:Keys:acme:Tenant", "acme"),
            ("Access:Keys:acme-send:Sha256", Sha256(SendKey)), ("Access:Keys:acme-send:Tenant", "acme"), ("Access:Keys:acme-send:Scopes", "push:send"),
            ("Access:Keys:acme-bulk:Sha256", Sha256(BulkKey)), ("Access:Keys:acme-bulk:Tenant", "acme"), ("Access:Keys:acme-bulk:Scopes", "push:bulk"),
            ("Access:Keys:acme-ops:Sha256", Sha256(OpsKey)), ("Access:Keys:acme-ops:Tenant", "acme"), ("Access:Keys:acme-ops:Scopes", "ops:read"),
            ("Access:Keys:rival:Sha256", Sha256(RivalKey)), ("Access:Keys:rival:Tenant", "rival"),
        ];
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Dispatcher.Api.dll")])
        {
            WorkingDirectory = folder.FullName, // where it looks for appsettings.json
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DISPATCHER_EXIT_WITH_STDIN"] = "1" }, // a test run that is killed leaves nothing behind
        };
        foreach (var (name, value) in needed.Concat(settings))
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value.Length > 0 ? value : null;
        return Process.Start(start)!;
    }

    internal static string Sha256(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
