using System.Text.RegularExpressions;

namespace Dispatcher.Deploy.Tests.Prometheus;

/// <summary>The series that the instruments of Core's Telemetry make, whether anything has happened yet or not.</summary>
internal static partial class Instruments
{
    public static IReadOnlySet<string> Series { get; } = new HashSet<string>(
        Checkout.Files("src/Dispatcher.Core/Telemetry", "*.cs")
            .SelectMany(file => Creation.Matches(Checkout.Read(file)))
            .SelectMany(match => Names(match.Groups["kind"].Value, match.Groups["name"].Value, match.Groups["unit"].Value))
            // ASP.NET Core's own: Microsoft.AspNetCore.Hosting.
            .Concat(Names("Histogram", "http.server.request.duration", "s")),
        StringComparer.Ordinal);

    /// <summary>As Telemetry/Prometheus/PrometheusName.cs has it.</summary>
    private static IEnumerable<string> Names(string kind, string name, string unit)
    {
        var made = name.Replace('.', '_');
        var word = unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        if (!made.EndsWith(word, StringComparison.Ordinal))
            made += word;
        return kind switch
        {
            "Counter" or "ObservableCounter" => [$"{made}_total"],
            "Histogram" => [$"{made}_bucket", $"{made}_sum", $"{made}_count"],
            _ => [made],
        };
    }

    // The name comes first, a callback may be between it and the unit.
    [GeneratedRegex("""\.Create(?<kind>\w+?)(?:<\w+>)?\(\s*"(?<name>[a-z][\w.]+)",.*?(?:"(?<unit>s|By|\{\w+\})"|unit: null)""", RegexOptions.Singleline)]
    private static partial Regex Creation { get; }
}
