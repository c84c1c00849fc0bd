using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>
/// Takes device tokens out of what is shown: the target's own value wherever it stands, whatever is called a token, and in bytes that are no
/// JSON whatever looks like one.
/// </summary>
/// <param name="target">The push's target, where it could be read.</param>
internal sealed partial class Redaction(Target? target)
{
    /// <summary>A copy without tokens; <see langword="null"/> stays.</summary>
    /// <param name="json">JSON.</param>
    public JsonNode? Of(JsonNode? json) => json switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(
            OfWord(member.Key), IsToken(member.Key) && member.Value is JsonValue value ? Hidden(value) : Of(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Of)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String =>
            JsonValue.Create(target is null ? OfText(value.GetValue<string>()) : OfWord(value.GetValue<string>())),
        _ => json?.DeepClone(),
    };

    /// <summary>Text that is not JSON: every long run of a token's characters is cut down to its end.</summary>
    /// <param name="text">The text.</param>
    public string OfText(string text) => LongRun().Replace(OfWord(text), run => Guid.TryParse(run.Value, out _) ? run.Value : Target.Token(run.Value).Redacted);

    private string OfWord(string text) =>
        target is { IsDevice: true, Value: { Length: > 0 } value } ? text.Replace(value, target.Redacted, StringComparison.OrdinalIgnoreCase) : text;

    private static bool IsToken(string name) =>
        name.EndsWith("token", StringComparison.OrdinalIgnoreCase) || name.Equals("fid", StringComparison.OrdinalIgnoreCase);

    private static JsonValue Hidden(JsonValue value) => JsonValue.Create(Target.Token(value.ToString()).Redacted);

    // The shortest token is 16 digits, but any hash and id would fall with it; what is in use has 64 and more.
    [GeneratedRegex("[0-9A-Za-z_:~%=+-]{32,}")]
    private static partial Regex LongRun();
}
