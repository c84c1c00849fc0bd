namespace Dispatcher.Core.Providers;

/// <summary>Turns what a provider calls its reason into a word that may become a metric label.</summary>
internal static class ReasonWord
{
    // Longer than any documented one.
    private const int MaxLength = 48;

    /// <summary>The word without blanks (Apple prints "Service Unavailable" in one place), or one made of the status where there is none.</summary>
    public static string Of(int status, string? reason) => Of(reason) ?? $"Http{status}";

    /// <summary>The word without blanks, or <see langword="null"/> where it is none.</summary>
    public static string? Of(string? reason)
    {
        if (reason is null || reason.Length is 0 or > MaxLength)
            return null;
        var word = reason.Replace(" ", "", StringComparison.Ordinal);
        return word.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? word : null;
    }
}
