using System.Text.RegularExpressions;

namespace Dispatcher.Deploy.Tests;

/// <summary>The options that exist: the rows of docs/configuration.md, which another test holds to the code.</summary>
internal static partial class OptionNames
{
    private static readonly Regex[] Known =
    [
        .. Row.Matches(Checkout.Read("docs/configuration.md")).Select(row => new Regex(
            $"^{Placeholder.Replace(Regex.Escape(row.Groups["name"].Value).Replace(@"\{", "{", StringComparison.Ordinal), "[^:]+")}$")),
        // Defaults for all tenants are also options of each.
        .. Row.Matches(Checkout.Read("docs/configuration.md")).Select(row => row.Groups["name"].Value)
            .Where(name => name.StartsWith("TenantDefaults:", StringComparison.Ordinal))
            .Select(name => new Regex($"^Tenants:[^:]+:{name["TenantDefaults:".Length..]}$")),
        // .NET's own.
        new("^Logging:.+$"),
    ];

    /// <summary>Variables that look like options (<c>Kafka__GroupId</c>) and are none.</summary>
    public static IEnumerable<string> Unknown(IEnumerable<string> variables) =>
        from variable in variables
        where variable.Contains("__", StringComparison.Ordinal)
        let option = variable.Replace("__", ":", StringComparison.Ordinal)
        where !Known.Any(known => known.IsMatch(option))
        select variable;

    [GeneratedRegex(@"^\| `(?<name>[\w:{}]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row { get; }

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Placeholder { get; }
}
