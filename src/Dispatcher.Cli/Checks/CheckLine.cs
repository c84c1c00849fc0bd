using System.Text.Json;
using System.Text.Json.Serialization;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Checks;

/// <summary>How a check ended.</summary>
internal enum CheckLevel
{
    Ok,

    /// <summary>It works, and somebody should look at it.</summary>
    Warn,

    /// <summary>It does not work.</summary>
    Fail,

    /// <summary>It could not be looked at.</summary>
    Skip,
}

/// <summary>What one check found.</summary>
/// <param name="Level">How it ended.</param>
/// <param name="What">What was looked at: <c>kafka</c>, or an app.</param>
/// <param name="Text">What was found.</param>
/// <param name="Fix">What to do about it.</param>
internal sealed record CheckLine(CheckLevel Level, string What, string Text, string? Fix = null)
{
    /// <summary>The check as text: one line, and below it what to do.</summary>
    /// <param name="whatWidth">Columns of what was looked at.</param>
    public IEnumerable<string> Lines(int whatWidth)
    {
        yield return $"{LevelWord,-4}  {What.PadRight(whatWidth)}  {Text}";
        if (Fix is not null)
            yield return $"{"",-4}  {"".PadRight(whatWidth)}  → {Fix}";
    }

    /// <summary>The check for scripts.</summary>
    public string Json() => JsonSerializer.Serialize(new CheckJsonLine(LevelWord, What, Text, Fix), CheckJson.Default.CheckJsonLine);

    private string LevelWord => Level.ToString().ToLowerInvariant();

    /// <summary>What the exit code says of several.</summary>
    /// <param name="lines">The checks.</param>
    public static int ExitCodeOf(IEnumerable<CheckLine> lines) =>
        lines.Any(line => line.Level == CheckLevel.Fail) ? ExitCode.Failure : ExitCode.Success;
}

/// <summary>A check as one line of JSON.</summary>
internal sealed record CheckJsonLine(string Level, string What, string Text, string? Fix);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CheckJsonLine))]
internal sealed partial class CheckJson : JsonSerializerContext;
