using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Dispatcher.Architecture.Tests;

/// <summary>Who may know whom. The reasons stand in docs/architecture.md.</summary>
public sealed partial class DependencyTests
{
    /// <summary>The rooms of Core, and which of the others each may use.</summary>
    private static readonly Dictionary<string, string[]> Rooms = new()
    {
        ["Pushes"] = [],
        ["Telemetry"] = ["Pushes"],
        ["Configuration"] = ["Telemetry"],
        ["Apps"] = ["Pushes", "Configuration"],
        ["Sending"] = ["Pushes", "Apps", "Configuration", "Telemetry"],
        ["Kafka"] = ["Pushes", "Configuration", "Sending", "Telemetry"],
        ["Providers"] = ["Pushes", "Apps", "Configuration", "Sending", "Telemetry"],
    };

    private static readonly string[] Executables = ["Dispatcher.Api", "Dispatcher.Worker", "Dispatcher.Cli", "Dispatcher.Simulator"];

    private static readonly TypeUse[] Uses =
        [.. Executables.Concat(["Dispatcher.Core", "Dispatcher.Client"]).SelectMany(name => TypeUse.In(Assembly.Load(name)))];

    private static IEnumerable<string> CoreFiles =>
        Repository.SourceFiles.Where(file => file.StartsWith("src/Dispatcher.Core/", StringComparison.Ordinal));

    [Fact]
    public void Executables_reference_Core_and_never_each_other() =>
        Findings.AssertNone(
            from executable in Executables
            from path in References(executable)
            where path != "../Dispatcher.Core/Dispatcher.Core.csproj"
            where (executable, path) != ("Dispatcher.Cli", "../Dispatcher.Client/Dispatcher.Client.csproj")
            select $"{executable} references {path}");

    /// <summary>Whoever takes the client as a package takes nothing with it.</summary>
    [Fact]
    public void Client_references_nothing() =>
        Findings.AssertNone(References("Dispatcher.Client").Concat(References("Dispatcher.Client", "PackageReference")));

    [Fact]
    public void Core_consists_of_the_known_rooms() =>
        Findings.AssertNone(CoreFiles.Where(file => !Rooms.ContainsKey(file.Split('/')[2])));

    [Fact]
    public void Rooms_of_Core_use_only_the_rooms_below_them() =>
        AssertNone(Uses.Where(use => Room(use.UserNamespace) is { } user && Room(use.UsedNamespace) is { } used && !MayUse(user, used)));

    /// <summary>Catches what compiled code does not show: constants and documentation.</summary>
    [Fact]
    public void Rooms_of_Core_import_only_the_rooms_below_them() =>
        Findings.AssertNone(
            from file in CoreFiles
            from import in CoreImport.Matches(Repository.Read(file))
            where !MayUse(file.Split('/')[2], import.Groups["room"].Value)
            select $"{file} has {import.Value.Trim()}");

    [Fact]
    public void Simulator_uses_nothing_of_ours_but_the_limits_of_a_push() =>
        AssertNone(Uses.Where(use => Within(use.UserNamespace, "Dispatcher.Simulator")
            && Within(use.UsedNamespace, "Dispatcher.Core")
            && !Within(use.UsedNamespace, "Dispatcher.Core.Pushes")));

    /// <summary>Programs put the parts together, so they name the settings that they pass on.</summary>
    [Fact]
    public void Kafka_client_is_used_only_where_pushes_travel() =>
        AssertOnlyIn(
            ["Dispatcher.Core.Kafka", "Dispatcher.Worker.Consuming", "Dispatcher.Worker.Dispatching", "Dispatcher.Cli", "Program"],
            used => Within(used.Namespace, "Confluent.Kafka"));

    [Fact]
    public void Consumers_are_touched_only_by_the_pump_the_follower_the_command_line_and_who_asks_for_offsets() =>
        AssertOnlyIn(
            ["Dispatcher.Worker.Consuming", "Dispatcher.Core.Kafka.RecordPoll", "Dispatcher.Core.Kafka.TopicFollower", "Dispatcher.Core.Kafka.Backlogs.LaneOffsets", "Dispatcher.Cli"],
            used => Within(used.Namespace, "Confluent.Kafka") && used.Name.StartsWith("IConsumer`", StringComparison.Ordinal));

    [Fact]
    public void Http_clients_are_used_only_by_providers_tools_the_dashboard_and_who_fetches_signing_keys() =>
        AssertOnlyIn(
            ["Dispatcher.Core.Providers", "Dispatcher.Api.Access.Tokens", "Dispatcher.Api.Dashboard", "Dispatcher.Client", "Dispatcher.Cli", "Dispatcher.Simulator"],
            used => Within(used.Namespace, "System.Net.Http"));

    [Fact]
    public void Instruments_are_created_only_by_Telemetry() =>
        AssertOnlyIn(
            ["Dispatcher.Core.Telemetry"],
            used => used.FullName is "System.Diagnostics.Metrics.Meter" or "System.Diagnostics.ActivitySource");

    /// <summary>Who takes a part of it takes options (ADR 0018). The command line reads what the programs are configured with, in one place.</summary>
    [Fact]
    public void Configuration_is_seen_only_by_Program_and_its_reader() =>
        AssertNone(Uses.Where(use => Within(use.UsedNamespace, "Microsoft.Extensions.Configuration")
            && use.User.Name != "Program"
            && !Within(use.UserNamespace, "Dispatcher.Core.Configuration")
            && !Within(use.User.FullName, "Dispatcher.Cli.Configuration.ServiceConfiguration")
            && !(use.User.FullName ?? "").StartsWith("Dispatcher.Cli.Configuration.ServiceConfiguration+", StringComparison.Ordinal)));

    private static IEnumerable<string> References(string project, string kind = "ProjectReference") =>
        XDocument.Parse(Repository.Read($"src/{project}/{project}.csproj")).Descendants(kind).Select(reference => reference.Attribute("Include")!.Value);

    private static bool MayUse(string room, string other) =>
        room == other || (Rooms.TryGetValue(room, out var allowed) && allowed.Contains(other));

    private static string? Room(string name) =>
        Within(name, "Dispatcher.Core") && name.Split('.') is { Length: > 2 } parts ? parts[2] : null;

    private static bool Within(string? name, string parent) =>
        name == parent || (name?.StartsWith(parent + ".", StringComparison.Ordinal) ?? false);

    private static void AssertOnlyIn(string[] places, Func<Type, bool> isRestricted)
    {
        var uses = Uses
            .Where(use => isRestricted(use.Used) && !IsGenerated(use.User))
            .ToLookup(use => places.Any(place => Within(use.User.FullName, place)));

        AssertNone(uses[false]);
        Assert.True(uses[true].Any(), "Nobody uses it any more; the rule holds by accident.");
    }

    /// <summary>The compiler's own types have no namespace and no name that C# could say.</summary>
    private static bool IsGenerated(Type type) => type.Name.StartsWith('<');

    private static void AssertNone(IEnumerable<TypeUse> uses) => Findings.AssertNone(uses.Select(use => use.ToString()));

    [GeneratedRegex(@"^\s*(?:global\s+)?using\s+(?:static\s+)?(?:\w+\s*=\s*)?Dispatcher\.Core\.(?<room>\w+)", RegexOptions.Multiline)]
    private static partial Regex CoreImport { get; }
}
