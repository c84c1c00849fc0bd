namespace Dispatcher.Core.Configuration;

/// <summary>An option, or every option of a class, whose changed value is put in force while the process runs. All others need a restart.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class)]
public sealed class LiveAttribute : Attribute;
