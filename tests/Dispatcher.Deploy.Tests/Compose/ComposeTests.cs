using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Dispatcher.Testing.Programs;

namespace Dispatcher.Deploy.Tests.Compose;

/// <summary>docker-compose.yml and the Dockerfile, which nobody here can build.</summary>
public sealed partial class ComposeTests
{
    private static readonly string Dockerfile = Checkout.Read("deploy/docker/Dockerfile");

    [ProgramFact("docker-compose", "Debian: apt install docker-compose")]
    public async Task Docker_compose_takes_it()
    {
        var (exitCode, _, errors) = await InstalledProgram.RunAsync("docker-compose", Checkout.Root, "--profile", "sandbox", "config", "-q");
        Assert.True(exitCode == 0 && errors.Length == 0, errors);
    }

    [Fact]
    public void Every_option_that_is_set_exists() => Assert.Empty(OptionNames.Unknown(
    [
        .. ComposeFile.Services.SelectMany(service => service.Service["environment"]?.AsObject().Select(variable => variable.Key) ?? [])
            .Where(name => !name.StartsWith("GF_", StringComparison.Ordinal)),
        .. ComposeFile.Sandbox.Keys,
        .. DockerVariable.Matches(Dockerfile).Select(match => match.Groups["name"].Value),
    ]));

    [Fact]
    public void Files_that_are_mounted_or_read_exist() => Checkout.AssertNone(
        from path in ComposeFile.Services.SelectMany(service => (service.Service["volumes"]?.AsArray() ?? []).Concat(service.Service["env_file"]?.AsArray() ?? []))
            .Select(path => ComposeFile.WithDefaults(path!.GetValue<string>()).Split(':')[0])
            .Append(ComposeFile.WithDefaults(ComposeFile.Json["secrets"]!["api-key"]!["file"]!.GetValue<string>()))
        where path.Contains('/', StringComparison.Ordinal) && !Checkout.Has(path)
        select path);

    [Fact]
    public void Named_volumes_and_services_that_are_waited_for_are_there() => Checkout.AssertNone(
    [
        .. from service in ComposeFile.Services
           from volume in service.Service["volumes"]?.AsArray() ?? []
           let name = ComposeFile.WithDefaults(volume!.GetValue<string>()).Split(':')[0]
           where !name.Contains('/', StringComparison.Ordinal) && !ComposeFile.Json["volumes"]!.AsObject().ContainsKey(name)
           select $"{service.Name}: no volume {name}",
        .. from service in ComposeFile.Services
           from other in service.Service["depends_on"]?.AsObject() ?? []
           where ComposeFile.Json["services"]![other.Key] is null
           select $"{service.Name}: no service {other.Key}",
    ]);

    [Fact]
    public void Images_are_pinned_and_what_runs_on_is_restarted_and_bounded() => Checkout.AssertNone(
        from service in ComposeFile.Services
        let image = service.Service["image"]!.GetValue<string>()
        from problem in new[]
        {
            service.Service["build"] is not null || Pinned.IsMatch(image) ? null : $"image {image} has no version",
            service.Service["restart"] is null ? "is not restarted" : null,
            service.Name == "topics" || service.Service["deploy"]?["resources"]?["limits"]?["memory"] is not null ? null : "may take all memory",
        }
        where problem is not null
        select $"{service.Name} {problem}");

    [Fact]
    public void What_is_ours_has_no_rights_it_does_not_need() => Checkout.AssertNone(
        from service in ComposeFile.Services
        where service.Service["build"] is not null
            && !(service.Service["read_only"]?.GetValue<string>() == "true" && service.Service["cap_drop"]?[0]?.GetValue<string>() == "ALL"
                && service.Service["security_opt"]?[0]?.GetValue<string>() == "no-new-privileges:true")
        select service.Name);

    [Fact]
    public void Ports_are_for_this_machine_only_unless_somebody_says_otherwise() => Checkout.AssertNone(
        from service in ComposeFile.Services
        from port in service.Service["ports"]?.AsArray() ?? []
        where !port!.GetValue<string>().StartsWith("${DISPATCHER_BIND:-127.0.0.1}:", StringComparison.Ordinal)
        select $"{service.Name}: {port}");

    [Fact]
    public void A_worker_has_longer_to_stop_than_it_drains()
    {
        // Worker:DrainTimeout, and what the worker's host adds to it.
        var drain = TimeSpan.FromSeconds(25) + TimeSpan.FromSeconds(20);
        Assert.Contains("| `Worker:DrainTimeout` | `00:00:25` |", Checkout.Read("docs/configuration.md"));
        Assert.True(ComposeFile.Duration(ComposeFile.Service("worker")["stop_grace_period"]!.GetValue<string>()) > drain);
    }

    [Fact]
    public void Every_target_that_is_built_is_in_the_dockerfile() => Checkout.AssertNone(
        from service in ComposeFile.Services
        let target = service.Service["build"]?["target"]?.GetValue<string>()
        where target is not null && !Dockerfile.Contains($" AS {target}\n", StringComparison.Ordinal)
        select $"{service.Name}: {target}");

    [Fact]
    public void What_the_dockerfile_copies_is_not_ignored()
    {
        var taken = Checkout.Read(".dockerignore").Split('\n').Where(line => line.StartsWith('!')).Select(line => line[1..]).ToList();
        Assert.All(taken, path => Assert.True(Checkout.Has(path), path));
        Assert.All(PublishedProject.Matches(Dockerfile).Select(match => match.Value), project => Assert.True(Checkout.Has($"src/{project}"), project));
        Assert.Contains("src", taken);
        Assert.Contains("eng", taken);
        // What msbuild imports from the root.
        Assert.Superset(new HashSet<string> { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json", "BannedSymbols.txt" }, taken.ToHashSet());
    }

    [Fact]
    public void The_key_that_the_sandbox_has_is_the_one_that_its_api_knows() => Assert.Equal(
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Checkout.Read("deploy/compose/sandbox.key").Trim()))),
        ComposeFile.Sandbox["Access__Keys__sandbox__Sha256"]);

    [Theory]
    [InlineData("DOTNET_SYSTEM_BUFFERS_SHAREDARRAYPOOL_MAXARRAYSPERPARTITION", "1024")]
    [InlineData("DOTNET_GCgen0size", "0x2000000")]
    [InlineData("DOTNET_ThreadPool_UnfairSemaphoreSpinLimit", "0")]
    public void The_hot_path_gets_the_runtime_that_up_gives_it(string variable, string value)
    {
        Assert.Contains($"{variable}={value}", Dockerfile);
        Assert.Contains($"[\"{variable}\"] = \"{value}\"", Checkout.Read("src/Dispatcher.Cli/Up/ServiceEnvironment.cs"));
        Assert.Contains($"[\"{variable}\"] = \"{value}\"", Checkout.Read("bench/Dispatcher.Bench/Stage/Runtime.cs"));
    }

    [GeneratedRegex(@"^(?:ENV )?\s*(?<name>[A-Za-z]+__\w+)=", RegexOptions.Multiline)]
    private static partial Regex DockerVariable { get; }

    [GeneratedRegex(@":v?\d+\.\d+[\w.-]*$")]
    private static partial Regex Pinned { get; }

    [GeneratedRegex(@"\bDispatcher\.(?:Api|Worker|Simulator|Cli)\b(?!\.)")]
    private static partial Regex PublishedProject { get; }
}
