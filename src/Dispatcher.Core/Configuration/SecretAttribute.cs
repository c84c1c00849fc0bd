namespace Dispatcher.Core.Configuration;

/// <summary>An option whose value is nobody's business: wherever configuration is shown it is <c>***</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute
{
    /// <summary>Of a dictionary: only those of its values whose key is the name of a secret (<see cref="SecretText.IsSecret"/>).</summary>
    public bool ByName { get; init; }
}
