using System.Text.RegularExpressions;
using Dispatcher.Testing.Programs;

namespace Dispatcher.Deploy.Tests.Prometheus;

/// <summary>deploy/prometheus: every alert can be acted on, and fires when it should.</summary>
public sealed partial class AlertTests
{
    private const string Promtool = "promtool";
    private const string Hint = "eng/prometheus.sh; Debian: apt install prometheus";
    private const string Folder = "deploy/prometheus";
    private const string UnitTests = $"{Folder}/tests/alerts.yml";

    [Fact]
    public void Every_alert_waits_a_while_and_says_how_bad_it_is_and_where_its_runbook_is() => Checkout.AssertNone(
        from alert in RuleFile.Alerts
        let name = RuleFile.Text(alert, "alert")
        let annotations = alert["annotations"]
        let runbook = annotations is null ? "" : RuleFile.Text(annotations, "runbook_url")
        from problem in new[]
        {
            RuleFile.Text(alert, "for").Length > 0 ? null : "has no for",
            alert["labels"] is { } labels && RuleFile.Text(labels, "severity") is "critical" or "warning" ? null : "has no severity critical or warning",
            annotations is not null && RuleFile.Text(annotations, "summary").Length > 0 ? null : "has no summary",
            Runbook(runbook) ? null : $"leads to {runbook}, which is no section",
        }
        where problem is not null
        select $"{name} {problem}");

    [Fact]
    public void Every_alert_fires_in_a_unit_test()
    {
        var firing = YamlReader.Read(Checkout.Read(UnitTests))["tests"]!.AsArray()
            .SelectMany(test => test!["alert_rule_test"]!.AsArray())
            .Where(test => test!["exp_alerts"]!.AsArray().Count > 0)
            .Select(test => RuleFile.Text(test!, "alertname"))
            .ToHashSet();

        Assert.Equal(RuleFile.Alerts.Select(alert => RuleFile.Text(alert, "alert")).Order(), firing.Order());
    }

    [Fact]
    public void Names_of_rules_are_unique() => Assert.Equal(
        RuleFile.Rules.Count, RuleFile.Rules.Select(rule => RuleFile.Text(rule, rule["alert"] is null ? "record" : "alert")).Distinct().Count());

    [ProgramFact(Promtool, Hint)]
    public Task Promtool_takes_the_rules() =>
        PassesAsync(["check", "rules", .. Checkout.Files($"{Folder}/rules", "*.yml").Select(file => Path.Combine(Checkout.Root, file))]);

    [ProgramFact(Promtool, Hint)]
    public Task The_unit_tests_of_the_alerts_pass() => PassesAsync(["test", "rules", Path.Combine(Checkout.Root, UnitTests)]);

    [ProgramFact(Promtool, Hint)]
    public async Task Promtool_takes_the_configuration()
    {
        var folder = Directory.CreateTempSubdirectory("prometheus-configuration-");
        var key = Path.Combine(folder.FullName, "api-key");
        await File.WriteAllTextAsync(key, "key");
        Directory.CreateSymbolicLink(Path.Combine(folder.FullName, "rules"), Path.Combine(Checkout.Root, Folder, "rules"));
        var configuration = Path.Combine(folder.FullName, "prometheus.yml");
        await File.WriteAllTextAsync(configuration, Checkout.Read($"{Folder}/prometheus.yml").Replace("/run/secrets/api-key", key, StringComparison.Ordinal));

        await PassesAsync(["check", "config", configuration]);

        folder.Delete(recursive: true);
    }

    private static async Task PassesAsync(IEnumerable<string> arguments)
    {
        var (exitCode, output, errors) = await InstalledProgram.RunAsync(Promtool, Checkout.Root, arguments);
        Assert.True(exitCode == 0, $"{output}\n{errors}");
    }

    private static bool Runbook(string link) =>
        Link.Match(link) is { Success: true } match && Checkout.Anchors(match.Groups["page"].Value).Contains(match.Groups["section"].Value);

    [GeneratedRegex(@"^(?<page>docs/\w+\.md)#(?<section>[\w-]+)$")]
    private static partial Regex Link { get; }
}
