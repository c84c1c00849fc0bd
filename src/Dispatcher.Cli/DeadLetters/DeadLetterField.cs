using System.Globalization;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>What dead letters can be grouped by.</summary>
internal enum DeadLetterField
{
    App,
    Provider,
    Tenant,
    Reason,
    Status,
    Class,
    Outcome,
    Attempts,
    Replays,
    Day,
    Hour,
    Worker,
}

/// <summary>A field's name and what a dead letter has there.</summary>
internal static class DeadLetterFields
{
    private const string None = "-";

    public static readonly string[] Names = [.. Enum.GetValues<DeadLetterField>().Select(Name)];

    /// <summary>As it is typed, and as JSON has it.</summary>
    /// <param name="field">The field.</param>
    public static string Name(this DeadLetterField field) => field.ToString().ToLowerInvariant();

    public static bool TryParse(string text, out DeadLetterField field) =>
        Enum.TryParse(text, ignoreCase: true, out field) && Names.Contains(text, StringComparer.OrdinalIgnoreCase); // a number would pass the first

    /// <summary>The value to group by; times are UTC.</summary>
    /// <param name="field">The field.</param>
    /// <param name="record">The dead letter.</param>
    public static string Of(this DeadLetterField field, DeadLetterRecord record) => field switch
    {
        DeadLetterField.App => record.App,
        DeadLetterField.Provider => record.Provider,
        DeadLetterField.Tenant => record.Tenant,
        DeadLetterField.Reason => record.Reason,
        DeadLetterField.Status => record.Status?.ToString(CultureInfo.InvariantCulture),
        DeadLetterField.Class => record.Class?.ToString().ToLowerInvariant(),
        DeadLetterField.Outcome => record.Outcome,
        DeadLetterField.Attempts => record.Attempts.ToString(CultureInfo.InvariantCulture),
        DeadLetterField.Replays => record.ReplayCount.ToString(CultureInfo.InvariantCulture),
        DeadLetterField.Day => record.LastFailedAt.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DeadLetterField.Hour => record.LastFailedAt.UtcDateTime.ToString("yyyy-MM-dd HH:00", CultureInfo.InvariantCulture),
        _ => record.Worker,
    } ?? None;
}
