using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dispatcher.Cli.Keys;

/// <summary>What the API has to be configured with so that it knows a key: its hash, whose it is, what it is for and until when.</summary>
/// <param name="Name">The name that logs show.</param>
/// <param name="Sha256">The key's hash, in hex.</param>
/// <param name="Tenant">Whose apps it may send to; <see langword="null"/> for the default.</param>
/// <param name="Scopes">What it is for; none for the default.</param>
/// <param name="ExpiresAt">When it ends; <see langword="null"/> for never.</param>
internal sealed record KeyEntry(string Name, string Sha256, string? Tenant, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>For <c>appsettings.json</c>.</summary>
    public string Json()
    {
        var entry = new JsonObject();
        foreach (var (option, value) in Values())
            entry[option] = value;
        var all = new JsonObject { ["Access"] = new JsonObject { ["Keys"] = new JsonObject { [Name] = entry } } };
        return all.ToJsonString(Indented);
    }

    /// <summary>For the environment, a variable a line.</summary>
    public IEnumerable<string> Variables() => Values().Select(value =>
        $"Access__Keys__{Name}__{value.Option}={(value.Value.Contains(' ', StringComparison.Ordinal) ? $"'{value.Value}'" : value.Value)}");

    private IEnumerable<(string Option, string Value)> Values()
    {
        yield return ("Sha256", Sha256);
        if (Tenant is not null)
            yield return ("Tenant", Tenant);
        if (Scopes.Count > 0)
            yield return ("Scopes", string.Join(' ', Scopes));
        if (ExpiresAt is { } end)
            yield return ("ExpiresAt", end.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
    }
}
