using System.Text.Json.Nodes;

namespace Dispatcher.Deploy.Tests.Kubernetes;

/// <summary>An object of deploy/kubernetes.</summary>
/// <param name="File">Where it is.</param>
/// <param name="Json">What it is.</param>
internal sealed record Manifest(string File, JsonNode Json)
{
    public static IReadOnlyList<Manifest> All { get; } =
    [
        .. Checkout.Files("deploy/kubernetes", "*.yaml")
            .Where(file => !file.EndsWith("kustomization.yaml", StringComparison.Ordinal))
            .SelectMany(file => YamlReader.ReadAll(Checkout.Read(file)).Select(json => new Manifest(file, json))),
    ];

    public string Kind => Json["kind"]!.GetValue<string>();

    public string Name => Json["metadata"]!["name"]!.GetValue<string>();

    public JsonNode Spec => Json["spec"]!;

    /// <summary>Of a Deployment or Job: its pods.</summary>
    public JsonNode? Pod => Kind is "Deployment" or "Job" ? Spec["template"]!["spec"] : null;

    /// <summary>Of a Deployment or Job: its only container.</summary>
    public JsonNode? Container => Pod?["containers"]![0];

    /// <summary>The label that tells pods apart.</summary>
    public string? PodName => Json["spec"]?["template"]?["metadata"]?["labels"]?["app.kubernetes.io/name"]?.GetValue<string>();

    public static IEnumerable<Manifest> Of(params string[] kinds) => All.Where(manifest => kinds.Contains(manifest.Kind));

    public static Manifest One(string kind, string name) => All.Single(manifest => manifest.Kind == kind && manifest.Name == name);

    /// <summary>Every value of a member with this name, however deep.</summary>
    public static IEnumerable<JsonNode> Find(JsonNode? node, string name) => node switch
    {
        JsonObject members => members.SelectMany(member => member.Value is null ? [] : (member.Key == name ? [member.Value] : Array.Empty<JsonNode>()).Concat(Find(member.Value, name))),
        JsonArray items => items.SelectMany(item => Find(item, name)),
        _ => [],
    };

    public override string ToString() => $"{File}: {Kind} {Name}";
}
