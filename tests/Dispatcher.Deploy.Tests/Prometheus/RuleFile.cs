using System.Text.Json.Nodes;

namespace Dispatcher.Deploy.Tests.Prometheus;

/// <summary>The rules of deploy/prometheus.</summary>
internal static class RuleFile
{
    public static IReadOnlyList<JsonNode> Rules { get; } =
    [
        .. Checkout.Files("deploy/prometheus/rules", "*.yml")
            .SelectMany(file => YamlReader.Read(Checkout.Read(file))["groups"]!.AsArray())
            .SelectMany(group => group!["rules"]!.AsArray())
            .Select(rule => rule!),
    ];

    public static IReadOnlyList<JsonNode> Alerts { get; } = [.. Rules.Where(rule => rule["alert"] is not null)];

    /// <summary>What recording rules make.</summary>
    public static IReadOnlySet<string> Recorded { get; } =
        Rules.Select(rule => rule["record"]?.GetValue<string>()).OfType<string>().ToHashSet(StringComparer.Ordinal);

    /// <summary>Every series that a rule asks for, with the rule's name.</summary>
    public static IEnumerable<(string Where, string Series)> Asked =>
        from rule in Rules
        from series in PromQl.Series(Text(rule, "expr"))
        select (Text(rule, rule["alert"] is null ? "record" : "alert"), series);

    public static string Text(JsonNode node, string member) => node[member]?.GetValue<string>() ?? "";
}
