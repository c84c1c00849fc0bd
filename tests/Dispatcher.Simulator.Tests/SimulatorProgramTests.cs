using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Confluent.Kafka;
using Dispatcher.Simulator.Tests.Wire;

namespace Dispatcher.Simulator.Tests;

/// <summary>The program as a child process.</summary>
public sealed class SimulatorProgramTests : IDisposable
{
    private const string ReadyPrefix = "ready ";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("simulator-program-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task It_says_ready_serves_and_exits_0_on_sigterm()
    {
        using var program = Start("--directory", _directory.FullName, "--topics", "a:3,b", "--kafka-partitions", "2", "--latency", "60ms");
        var manifest = await ReadyAsync(program);

        Assert.Equal(manifest, await File.ReadAllTextAsync(Path.Combine(_directory.FullName, "simulator.json")));
        var json = JsonElement.Parse(manifest);
        Assert.Equal(("SIMKEY0001", "SIMTEAM001"), (json.GetProperty("apnsKeyId").GetString(), json.GetProperty("apnsTeamId").GetString()));
        Assert.Equal(("com.example.shop", "demo-shop"), (json.GetProperty("apnsBundleId").GetString(), json.GetProperty("fcmProjectId").GetString()));
        Assert.Equal($"{json.GetProperty("fcm").GetString()}/token", json.GetProperty("token").GetString());
        Assert.All(["caPath", "apnsKeyPath", "fcmCredentialsPath"], name => Assert.True(File.Exists(json.GetProperty(name).GetString())));

        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = json.GetProperty("kafka").GetString() }).Build();
        var topics = admin.GetMetadata(Patience).Topics.ToDictionary(topic => topic.Topic, topic => topic.Partitions.Count);
        Assert.Equal(new Dictionary<string, int> { ["a"] = 3, ["b"] = 2 }, topics);

        using var control = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        using var question = new HttpRequestMessage(HttpMethod.Get, $"{json.GetProperty("control").GetString()}/latency");
        var latency = await Answer.ReadAsync(await control.SendAsync(question, CancellationToken.None));
        Assert.Equal("""{"ms":60}""", latency.Body);

        Assert.Equal(0, await TerminateAsync(program));
    }

    [Fact]
    public async Task With_a_host_others_reach_it_by_that_name_and_its_certificate_and_credentials_have_it()
    {
        using var program = Start("--directory", _directory.FullName, "--no-kafka", "--host", "simulator");
        var json = JsonElement.Parse(await ReadyAsync(program));
        string[] addresses = ["apns", "fcm", "apnsWire", "fcmWire", "apnsManage", "metadata", "token", "control"];
        Assert.All(addresses, name => Assert.Equal("simulator", new Uri(json.GetProperty(name).GetString()!).Host));
        var account = JsonElement.Parse(await File.ReadAllTextAsync(json.GetProperty("fcmCredentialsPath").GetString()!));
        Assert.Equal(json.GetProperty("token").GetString(), account.GetProperty("token_uri").GetString());

        foreach (var name in (string[])["apns", "apnsWire"])
        {
            // A whole handshake under that name; where it leads is what a network of containers would say.
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, new Uri(json.GetProperty(name).GetString()!).Port);
            using var tls = new SslStream(socket.GetStream());
            using var authority = X509CertificateLoader.LoadCertificateFromFile(json.GetProperty("caPath").GetString()!);
            var chain = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            chain.CustomTrustStore.Add(authority);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "simulator",
                CertificateChainPolicy = chain,
                ApplicationProtocols = [SslApplicationProtocol.Http2],
            });
            Assert.True(tls.IsAuthenticated);
        }

        Assert.Equal(0, await TerminateAsync(program));
    }

    [Fact]
    public async Task A_second_run_in_the_same_directory_keeps_its_keys()
    {
        string[] files = ["ca.pem", "AuthKey_SIMKEY0001.p8"];
        using (var first = Start("--directory", _directory.FullName, "--no-kafka"))
        {
            await ReadyAsync(first);
            await TerminateAsync(first);
        }

        var before = files.Select(file => File.ReadAllText(Path.Combine(_directory.FullName, file))).ToArray();
        using var second = Start("--directory", _directory.FullName, "--no-kafka");
        await ReadyAsync(second);
        await TerminateAsync(second);

        Assert.Equal(before, files.Select(file => File.ReadAllText(Path.Combine(_directory.FullName, file))));
    }

    [Theory]
    [InlineData("--no-kafka", "kafka")]
    [InlineData("--no-providers", "apns")]
    public async Task A_part_that_was_not_asked_for_is_null(string option, string part)
    {
        using var program = Start("--directory", _directory.FullName, option);

        var json = JsonElement.Parse(await ReadyAsync(program));
        await TerminateAsync(program);

        Assert.Equal(JsonValueKind.Null, json.GetProperty(part).ValueKind);
    }

    [Fact]
    public async Task A_port_already_taken_is_one_clear_line_and_an_exit_code()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        using var program = Start("--directory", _directory.FullName, "--apns-port", port);
        var error = await program.StandardError.ReadToEndAsync().WaitAsync(Patience);
        await program.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(1, program.ExitCode);
        Assert.StartsWith("simulator: ", error, StringComparison.Ordinal);
        Assert.Contains(port, Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--latency", "soon")]
    [InlineData("--apns-port", "70000")]
    [InlineData("--topics", "a:b")]
    [InlineData("--kafka-partitions", "0")]
    [InlineData("--kafka-brokers", "0")]
    [InlineData("--nonsense", "1")]
    public async Task A_wrong_option_is_named(string option, string value)
    {
        using var program = Start(option, value);
        var error = await program.StandardError.ReadToEndAsync().WaitAsync(Patience);
        await program.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(1, program.ExitCode);
        Assert.Contains(option, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_names_every_option_and_the_token_prefixes()
    {
        using var program = Start("--help");
        var help = await program.StandardOutput.ReadToEndAsync().WaitAsync(Patience);

        Assert.All(
            ["--directory", "--apns-port", "--fcm-port", "--apns-wire-port", "--fcm-wire-port", "--apns-manage-port", "--metadata-port", "--apps", "--bundle-ids", "--control-port", "--latency", "--scenario", "--no-kafka", "--no-providers", "--kafka-brokers", "--kafka-partitions",
                "--topics", "--ledger-capacity", "fa11", "f1a5", "5104", "fail-", "flaky-", "slow-"],
            text => Assert.Contains(text, help, StringComparison.Ordinal));
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Dispatcher.Simulator.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private static async Task<string> ReadyAsync(Process program)
    {
        while (await program.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (line.StartsWith(ReadyPrefix, StringComparison.Ordinal))
                return line[ReadyPrefix.Length..];
        }

        throw new InvalidOperationException(await program.StandardError.ReadToEndAsync());
    }

    private static async Task<int> TerminateAsync(Process program)
    {
        using var kill = Process.Start("kill", ["-TERM", program.Id.ToString(CultureInfo.InvariantCulture)]);
        await program.WaitForExitAsync().WaitAsync(Patience);
        return program.ExitCode;
    }
}
