using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dispatcher.Core.Configuration;

/// <summary>One option for whoever asked what is in effect; secrets are <c>***</c>.</summary>
/// <param name="Option">Its whole name.</param>
/// <param name="Value">Its value.</param>
/// <param name="From">Where it comes from.</param>
/// <param name="Live">Whether a change needs no restart.</param>
public sealed record ShownOption(string Option, string Value, string From, bool Live)
{
    /// <summary>The option in a line of JSON.</summary>
    /// <param name="line">The line.</param>
    public static ShownOption? Parse(string line) => JsonSerializer.Deserialize(line, ConfigurationJson.Default.ShownOption);
}

/// <summary>What a service answers to <c>--check</c>: problems and warnings for people, and with <c>--show</c> every option, a line of JSON each.</summary>
public static class ConfigurationReport
{
    /// <summary>What a warning begins with.</summary>
    public const string Warning = "warning: ";

    private static readonly ConfigurationJson Json = new(new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Every option.</summary>
    /// <param name="configuration">The configuration.</param>
    public static IEnumerable<string> Lines(IServiceConfiguration configuration) =>
        from value in configuration.Values
        orderby value.Path
        select JsonSerializer.Serialize(new ShownOption(value.Path, value.Shown, configuration.Origin(value.Path).Name, value.IsLive), Json.ShownOption);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ShownOption))]
internal sealed partial class ConfigurationJson : JsonSerializerContext;
