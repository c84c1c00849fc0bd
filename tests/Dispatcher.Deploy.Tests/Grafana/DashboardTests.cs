using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Dispatcher.Deploy.Tests.Grafana;

/// <summary>deploy/grafana: what Grafana would only show as an empty panel.</summary>
public sealed partial class DashboardTests
{
    [Fact]
    public void Every_panel_has_a_title_a_description_a_unit_and_a_query() => Checkout.AssertNone(
        from dashboard in Dashboard.All
        from panel in dashboard.Charts
        let title = panel["title"]?.GetValue<string>()
        from problem in new[]
        {
            string.IsNullOrEmpty(title) ? "no title" : null,
            panel["description"]?.GetValue<string>() is { Length: > 0 } ? null : "no description",
            panel["fieldConfig"]?["defaults"]?["unit"] is null ? "no unit" : null,
            panel["targets"] is null ? "no query" : null,
        }
        where problem is not null
        select $"{dashboard.File}: {title}: {problem}");

    [Fact]
    public void Panels_have_ids_of_their_own_and_stand_nowhere_on_each_other() => Checkout.AssertNone(
        from dashboard in Dashboard.All
        let places = dashboard.Panels.Select(panel => (Id: panel["id"]!.GetValue<int>(), Place: Place(panel["gridPos"]!))).ToList()
        from one in places
        from other in places
        where one != other && (one.Id == other.Id || (one.Id < other.Id && one.Place.X < other.Place.Right && other.Place.X < one.Place.Right
            && one.Place.Y < other.Place.Bottom && other.Place.Y < one.Place.Bottom))
        select $"{dashboard.File}: panels {one.Id} and {other.Id}");

    [Fact]
    public void Variables_that_queries_use_are_defined_and_those_defined_are_used() => Checkout.AssertNone(
        from dashboard in Dashboard.All
        let defined = dashboard.Variables.Select(variable => variable["name"]!.GetValue<string>()).ToHashSet()
        let used = dashboard.Targets.SelectMany(target => Variable.Matches(target.Expression).Select(match => match.Groups["name"].Value)).ToHashSet()
        from name in defined.Union(used)
        where !(defined.Contains(name) && used.Contains(name))
        select $"{dashboard.File}: ${name} is {(defined.Contains(name) ? "used by no panel" : "not defined")}");

    [Fact]
    public void Data_sources_are_those_that_are_provisioned()
    {
        var provisioned = YamlReader.Read(Checkout.Read("deploy/grafana/provisioning/datasources/datasources.yml"))["datasources"]!.AsArray()
            .Select(source => source!["uid"]!.GetValue<string>()).ToHashSet();

        Checkout.AssertNone(
            from dashboard in Dashboard.All
            from source in dashboard.Charts.Concat(dashboard.Variables).Select(node => node["datasource"]!["uid"]!.GetValue<string>())
            where !provisioned.Contains(source)
            select $"{dashboard.File}: {source}");
    }

    [Fact]
    public void Dashboards_have_uids_of_their_own() =>
        Assert.Equal(Dashboard.All.Count, Dashboard.All.Select(dashboard => dashboard.Json["uid"]!.GetValue<string>()).Distinct().Count());

    private static (int X, int Y, int Right, int Bottom) Place(JsonNode grid)
    {
        int Of(string name) => grid[name]!.GetValue<int>();
        return (Of("x"), Of("y"), Of("x") + Of("w"), Of("y") + Of("h"));
    }

    [GeneratedRegex(@"\$\{?(?<name>[a-z]\w*)")]
    private static partial Regex Variable { get; }
}
