using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Dispatcher.Cli.Keys;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Session;
using Dispatcher.Cli.Up;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.Tests.Up;

public sealed class UpPartsTests
{
    private static readonly UpSession Session = new(
        new Uri("http://127.0.0.1:8080"), "dk_key", "127.0.0.1:9092", "push", null, [],
        [new SessionApp("shop's-ios", Provider.Apns), new SessionApp("shop-android", Provider.Fcm), new SessionApp("other", Provider.Fcm)], 1);

    [Fact]
    public void A_port_that_is_taken_is_named_with_the_way_out()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var problem = Assert.Throws<CommandFailedException>(() => Ports.Require(port));
        Assert.Equal($"port {port} is already taken: choose another with --port.", problem.Message);
        Assert.Equal(ExitCode.Failure, problem.ExitCode);
    }

    [Fact]
    public void A_free_port_can_be_had() => Assert.InRange(Ports.Require(0), 1, 65535);

    [Fact]
    public void Keys_differ_and_do_not_print_themselves()
    {
        var (one, other) = (ApiKey.Create(), ApiKey.Create());
        Assert.NotEqual(one.Secret, other.Secret);
        Assert.StartsWith("dk_", one.Secret, StringComparison.Ordinal);
        Assert.True(one.Secret.Length > 40);
        Assert.Equal(64, one.Sha256.Length);
        Assert.Equal("dk_…", $"{one}");
    }

    [Fact]
    public async Task A_shell_reads_the_curl_line_as_it_was_meant()
    {
        var line = CurlLine.For(Session);
        Assert.DoesNotContain('\n', line);
        // The shell itself says what arguments curl would get.
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardOutput = true, ArgumentList = { "-c", $"curl() {{ printf '%s\\n' \"$@\"; }}\n{line}" } };
        using var shell = Process.Start(start)!;
        var arguments = (await shell.StandardOutput.ReadToEndAsync()).TrimEnd('\n').Split('\n');
        await shell.WaitForExitAsync();

        Assert.Contains("Authorization: Bearer dk_key", arguments);
        var body = JsonDocument.Parse(arguments[^1]).RootElement;
        Assert.Equal(["shop's-ios", "shop-android"], body.GetProperty("to").EnumerateArray().Select(to => to.GetProperty("app").GetString()));
    }

    [Fact]
    public void The_sample_apps_are_apps()
    {
        using var folder = SessionFolder.Create();
        var (key, credentials) = (Path.Combine(folder.Simulator, "key.p8"), Path.Combine(folder.Simulator, "account.json"));
        File.WriteAllText(key, "");
        File.WriteAllText(credentials, "");
        SampleApps.Write(folder.Apps, new SimulatorInfo(
            null, null, null, null, null, key, "SIMKEY0001", "SIMTEAM001", "com.example.shop", credentials, "demo-shop"));

        var apps = AppCatalog.Load(new Dictionary<string, AppOptions>(), folder.Apps).Apps;
        Assert.Equal(SampleApps.All.OrderBy(app => app.Name), apps.Select(app => new SessionApp(app.Name, app.Provider)).OrderBy(app => app.Name));
    }

    [Fact]
    public void Keys_go_with_the_session_and_logs_stay()
    {
        var folder = SessionFolder.Create();
        File.WriteAllText(folder.Log("worker 1"), "line");
        folder.Dispose();
        Assert.False(Directory.Exists(folder.Simulator));
        Assert.EndsWith("worker-1.log", Assert.Single(Directory.GetFiles(folder.Path)), StringComparison.Ordinal);
        Directory.Delete(folder.Path, recursive: true);
    }

    [Fact]
    public void What_the_simulator_says_is_understood()
    {
        var info = SimulatorInfo.Read("""{"apns":"https://127.0.0.1:1","kafka":null,"caPath":"/ca.pem","somethingNew":1}""");
        Assert.Equal((new Uri("https://127.0.0.1:1"), null, "/ca.pem"), (info.Apns, info.Kafka, info.CaPath));
    }
}
