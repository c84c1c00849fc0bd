namespace Dispatcher.Core.Configuration;

/// <summary>The section <c>Logging</c>, which the framework binds: <c>Logging:LogLevel:{category}</c>, the same of one output, and <c>Logging:Format</c>.</summary>
public static class LoggingSection
{
    private static readonly string[] Levels = ["Trace", "Debug", "Information", "Warning", "Error", "Critical", "None"];

    private static readonly string[] Formats = ["console", "json"];

    /// <summary>Whether a value says from which level on something is written; those are put in force while the process runs.</summary>
    /// <param name="path">Its name.</param>
    public static bool IsLevel(string path) => path.Contains(":LogLevel:", StringComparison.OrdinalIgnoreCase);

    /// <summary>What is wrong with a value; <see langword="null"/> when nothing is.</summary>
    /// <param name="option">The value.</param>
    public static string? Problem(OptionValue option)
    {
        if (IsLevel(option.Path) && option.Value.Length > 0 && !Levels.Contains(option.Value, StringComparer.OrdinalIgnoreCase))
            return $"{option.Path} '{option.Value}' must be one of {string.Join(", ", Levels)}.";
        return option.Path.Equals("Logging:Format", StringComparison.OrdinalIgnoreCase) && !Formats.Contains(option.Value)
            ? $"Logging:Format is '{option.Value}'; it must be console or json."
            : null;
    }
}
