using System.Text.Json;
using Dispatcher.Cli.Output;
using Dispatcher.Core.Kafka;
using Dispatcher.Simulator;

namespace Dispatcher.Cli.Tests.Checks;

/// <summary>Against the simulator, over the wire.</summary>
public sealed class CheckCommandTests(CheckCommandTests.Stage stage) : IClassFixture<CheckCommandTests.Stage>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dispatcher-check-").FullName;
    private readonly TestTerminal _terminal = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_system_that_is_right_is_all_well()
    {
        Assert.Equal(ExitCode.Success, await RunAsync(Ios(), Android()));
        Assert.Contains("ok    kafka          127.0.0.1:", _terminal.Out, StringComparison.Ordinal);
        Assert.Contains("ok    topics         all 14 are there\n", _terminal.Out, StringComparison.Ordinal);
        Assert.Contains("ok    ios            APNs production: key SIMKEY0001 of team SIMTEAM001 may send to com.example.shop\n", _terminal.Out, StringComparison.Ordinal);
        Assert.Contains("ok    android        FCM: ", _terminal.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("fail", _terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_not_the_teams_is_told_with_the_fix()
    {
        Assert.Equal(ExitCode.Failure, await RunAsync(Ios(teamId: "OTHERTEAM1"), Android()));
        Assert.Contains("fail  ios            APNs production: refused, InvalidProviderToken\n", _terminal.Out, StringComparison.Ordinal);
        Assert.Contains("→ TeamId, KeyId and KeyPath do not belong together", _terminal.Out, StringComparison.Ordinal);
        Assert.Contains("ok    android", _terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bundle_that_is_not_the_teams_is_told_with_the_fix()
    {
        Assert.Equal(ExitCode.Failure, await RunAsync(Ios(bundleId: "com.example.other"), Android()));
        Assert.Contains("BundleId 'com.example.other' is not of this team", _terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_that_is_not_the_accounts_is_told_with_the_fix()
    {
        Assert.Equal(ExitCode.Failure, await RunAsync(Ios(), Android(projectId: "another-project")));
        Assert.Contains("fail  android        FCM: refused, ", _terminal.Out, StringComparison.Ordinal);
        Assert.Contains("→ ", _terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_file_that_everybody_can_read_is_a_warning()
    {
        if (OperatingSystem.IsWindows())
            return;
        var key = Path.Combine(_folder, "open.p8");
        File.Copy(stage.Manifest.ApnsKeyPath!, key);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Equal(ExitCode.Success, await RunAsync(Ios(keyPath: key), Android()));
        Assert.Contains($"warn  ios            everybody on this machine can read {key}\n", _terminal.Out, StringComparison.Ordinal);
        Assert.Contains("It works; ", _terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_key_is_that_apps_alone()
    {
        var key = Path.Combine(_folder, "no.p8");
        await File.WriteAllTextAsync(key, "hello");
        Assert.Equal(ExitCode.Failure, await RunAsync(Ios(keyPath: key), Android()));
        Assert.Contains($"fail  ios            App 'ios'", _terminal.Out, StringComparison.Ordinal);
        Assert.Contains("ok    android", _terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_wrong_option_is_told_at_once_and_what_is_right_is_looked_at()
    {
        Assert.Equal(ExitCode.Failure, await RunAsync(Ios(), """{ "provider": "fcm", "projectID2": "x" }""", more: ""","Retry":{"MaxAttempts":-1},"Fcm":{"Connections":0}"""));
        var lines = _terminal.Out.Split('\n').Where(line => line.StartsWith("fail  configuration", StringComparison.Ordinal)).ToArray();
        Assert.Equal(3, lines.Length);
        Assert.Contains("ok    ios", _terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offline_connects_to_nothing()
    {
        Assert.Equal(ExitCode.Success, await RunAsync([Ios(), Android()], "", "--offline"));
        Assert.StartsWith("ok    configuration  valid, 2 apps\n", _terminal.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("kafka", _terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_in_effect_is_shown_with_where_it_comes_from_and_without_secrets()
    {
        const string more = """
            , "Limits": { "MaxConcurrency": 77 },
            "Kafka:Properties:security.protocol": "sasl_ssl", "Kafka:Properties:sasl.mechanism": "PLAIN",
            "Kafka:Properties:sasl.username": "me", "Kafka:Properties:sasl.password": "hush-hush"
            """;

        Assert.Equal(ExitCode.Success, await RunAsync([Ios(), Android()], more, "--offline", "--show"));

        Assert.Contains("worker  Limits:MaxConcurrency = 77  (appsettings.json, live)\n", _terminal.Out, StringComparison.Ordinal);
        Assert.Contains("worker  Worker:QueuePushes = 2000  (default)\n", _terminal.Out, StringComparison.Ordinal);
        Assert.Contains("worker  Kafka:Properties:sasl.password = ***  (appsettings.json)\n", _terminal.Out, StringComparison.Ordinal);
        Assert.Contains("warn  worker         Kafka:Properties:sasl.password is a secret and stands in appsettings.json", _terminal.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("hush-hush", _terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_section_that_nobody_reads_and_values_that_make_little_sense_together_are_told()
    {
        Assert.Equal(ExitCode.Failure, await RunAsync([Ios(), Android()], ""","Kafak":{}""", "--offline"));
        Assert.Contains("fail  worker         Kafak (appsettings.json) is no section; Kafka is near.\n", _terminal.Out, StringComparison.Ordinal);

        Assert.Equal(ExitCode.Success, await RunAsync([Ios(), Android()], ""","Worker":{"DrainTimeout":"00:00:05"}""", "--offline"));
        Assert.Contains("warn  worker         Worker:DrainTimeout 00:00:05 is not above Sending:AttemptTimeout 00:00:15", _terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scripts_get_a_line_a_check()
    {
        await RunAsync([Ios(teamId: "OTHERTEAM1"), Android()], "", "--json");
        var lines = _terminal.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        var failed = Assert.Single(lines, line => line.GetProperty("level").GetString() == "fail");
        Assert.Equal("ios", failed.GetProperty("what").GetString());
        Assert.NotEmpty(failed.GetProperty("fix").GetString()!);
    }

    [Fact]
    public async Task A_Kafka_that_is_not_there_is_a_line_among_the_others()
    {
        Assert.Equal(ExitCode.Failure, await RunAsync([Ios(), Android()], "", "--kafka", "127.0.0.1:1"));
        Assert.Contains("fail  kafka          no Kafka answers at 127.0.0.1:1", _terminal.Out, StringComparison.Ordinal);
        Assert.Contains("ok    ios", _terminal.Out, StringComparison.Ordinal);
    }

    private string Ios(string? teamId = null, string? bundleId = null, string? keyPath = null) => JsonSerializer.Serialize(new
    {
        provider = "apns",
        bundleId = bundleId ?? stage.Manifest.ApnsBundleId,
        teamId = teamId ?? stage.Manifest.ApnsTeamId,
        keyId = stage.Manifest.ApnsKeyId,
        keyPath = keyPath ?? stage.Manifest.ApnsKeyPath,
    });

    private string Android(string? projectId = null) => JsonSerializer.Serialize(new
    {
        provider = "fcm",
        projectId = projectId ?? stage.Manifest.FcmProjectId,
        credentialsPath = stage.Manifest.FcmCredentialsPath,
    });

    private Task<int> RunAsync(string ios, string android, string more = "") => RunAsync([ios, android], more);

    private async Task<int> RunAsync(string[] apps, string more, params string[] arguments)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "apps")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "ios.json"), apps[0]);
        await File.WriteAllTextAsync(Path.Combine(folder, "android.json"), apps[1]);
        var manifest = stage.Manifest;
        string Text(string? value) => JsonSerializer.Serialize(value);
        var fcm = more.Contains("\"Fcm\"", StringComparison.Ordinal) ? "" : $$""","Fcm":{"Endpoint":{{Text(manifest.Fcm)}},"TrustedCaPath":{{Text(manifest.CaPath)}}}""";
        var file = Path.Combine(_folder, "appsettings.json");
        await File.WriteAllTextAsync(
            file,
            $$"""
            {"AppsFolder":{{Text(folder)}},"Kafka":{"BootstrapServers":{{Text(manifest.Kafka)}}},
             "Apns":{"Endpoint":{{Text(manifest.Apns)}},"TrustedCaPath":{{Text(manifest.CaPath)}}}{{fcm}}{{more}}}
            """);
        return await new CommandTree(_terminal.Terminal, TimeProvider.System, static () => 0.5).RunAsync(["check", "--config", file, .. arguments], CancellationToken.None);
    }

    public sealed class Stage : IAsyncLifetime
    {
        private OutsideWorld? _world;

        public SimulatorManifest Manifest => _world!.Manifest;

        public async Task InitializeAsync() => _world = await OutsideWorld.StartAsync(
            new SimulatorOptions { Topics = new TopicNames("push").All.ToDictionary(topic => topic, _ => 2) }, TimeProvider.System, static () => 0.5);

        public async Task DisposeAsync() => await _world!.DisposeAsync();
    }
}
