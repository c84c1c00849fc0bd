using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dispatcher.Deploy.Tests.Prometheus;

namespace Dispatcher.Deploy.Tests.Grafana;

/// <summary>A dashboard of deploy/grafana.</summary>
/// <param name="File">Where it is.</param>
/// <param name="Json">What it is.</param>
internal sealed partial record Dashboard(string File, JsonNode Json)
{
    public static IReadOnlyList<Dashboard> All { get; } =
        [.. Checkout.Files("deploy/grafana/dashboards", "*.json").Select(file => new Dashboard(file, JsonNode.Parse(Checkout.Read(file))!))];

    /// <summary>Every series that a panel or a variable asks for, with the panel's title.</summary>
    public static IEnumerable<(string Where, string Series)> Asked =>
    [
        .. from dashboard in All
           from target in dashboard.Targets
           from series in PromQl.Series(target.Expression)
           select ($"{dashboard.File}: {target.Panel}", series),
        .. from dashboard in All
           from variable in dashboard.Variables
           let query = LabelValues.Match(variable["query"]!["query"]!.GetValue<string>())
           from series in PromQl.Series(query.Groups["series"].Value)
           select ($"{dashboard.File}: ${variable["name"]}", series),
    ];

    public IEnumerable<JsonNode> Panels => Json["panels"]!.AsArray().Select(panel => panel!);

    /// <summary>Panels that show something.</summary>
    public IEnumerable<JsonNode> Charts => Panels.Where(panel => panel["type"]!.GetValue<string>() != "row");

    public IEnumerable<JsonNode> Variables => Json["templating"]!["list"]!.AsArray().Select(variable => variable!);

    public IEnumerable<(string Panel, string Expression)> Targets =>
        from panel in Charts
        from target in panel["targets"]!.AsArray()
        select (panel["title"]!.GetValue<string>(), target!["expr"]!.GetValue<string>());

    [GeneratedRegex(@"^label_values\((?<series>.+), \w+\)$")]
    private static partial Regex LabelValues { get; }
}
