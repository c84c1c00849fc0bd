namespace Dispatcher.Core.Configuration;

/// <summary>One option as it is in effect.</summary>
/// <param name="Path">Its whole name, <c>Limits:MaxConcurrency</c>.</param>
/// <param name="Value">Its value as text; empty for none. Compared, and never shown of a secret.</param>
/// <param name="IsLive">Whether a change is put in force without a restart.</param>
/// <param name="IsSecret">Whether the value is shown as <c>***</c>.</param>
public readonly record struct OptionValue(string Path, string Value, bool IsLive, bool IsSecret)
{
    /// <summary>The value as it may be shown.</summary>
    public string Shown => Value.Length == 0 ? "none" : IsSecret ? SecretText.Mask : SecretText.WithoutUser(Value);
}
