namespace Dispatcher.Core.Configuration;

/// <summary>An option whose value is nobody's business: wherever configuration is shown it is <c>***</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;
