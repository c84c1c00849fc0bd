using System.Globalization;
using System.Text.Json.Nodes;

namespace Dispatcher.Deploy.Tests.Compose;

/// <summary>docker-compose.yml.</summary>
internal static class ComposeFile
{
    public static JsonNode Json { get; } = YamlReader.Read(Checkout.Read("docker-compose.yml"));

    public static IEnumerable<(string Name, JsonNode Service)> Services =>
        Json["services"]!.AsObject().Select(service => (service.Key, service.Value!));

    public static JsonNode Service(string name) => Json["services"]![name]!;

    /// <summary>The variables of deploy/compose/sandbox.env.</summary>
    public static IReadOnlyDictionary<string, string> Sandbox { get; } = Checkout.Read("deploy/compose/sandbox.env").Split('\n')
        .Where(line => line.Contains('=', StringComparison.Ordinal) && !line.StartsWith('#'))
        .ToDictionary(line => line[..line.IndexOf('=', StringComparison.Ordinal)], line => line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..]);

    /// <summary>What <c>${NAME:-default}</c> is without NAME.</summary>
    public static string WithDefaults(string text)
    {
        var start = text.IndexOf("${", StringComparison.Ordinal);
        if (start < 0)
            return text;
        var end = text.IndexOf('}', start);
        return text[..start] + text[(text.IndexOf(":-", start, StringComparison.Ordinal) + 2)..end] + WithDefaults(text[(end + 1)..]);
    }

    public static TimeSpan Duration(string text) => text[^1] switch
    {
        's' => TimeSpan.FromSeconds(int.Parse(text[..^1], CultureInfo.InvariantCulture)),
        _ => throw new FormatException($"{text} is no duration in seconds"),
    };
}
