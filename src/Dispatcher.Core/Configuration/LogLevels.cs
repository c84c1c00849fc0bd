namespace Dispatcher.Core.Configuration;

/// <summary>The section <c>Logging</c>, which the framework binds: <c>Logging:LogLevel:{category}</c>, and the same of one output.</summary>
public static class LogLevels
{
    private const string Part = ":LogLevel:";

    private static readonly string[] Names = ["Trace", "Debug", "Information", "Warning", "Error", "Critical", "None"];

    /// <summary>Whether a value says from which level on something is written; those are put in force while the process runs.</summary>
    /// <param name="path">Its name.</param>
    public static bool IsLevel(string path) => path.Contains(Part, StringComparison.OrdinalIgnoreCase);

    /// <summary>What is wrong with a level; <see langword="null"/> when nothing is.</summary>
    /// <param name="option">The value.</param>
    public static string? Problem(OptionValue option) =>
        IsLevel(option.Path) && option.Value.Length > 0 && !Names.Contains(option.Value, StringComparer.OrdinalIgnoreCase)
            ? $"{option.Path} '{option.Value}' must be one of {string.Join(", ", Names)}."
            : null;
}
