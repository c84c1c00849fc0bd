namespace Dispatcher.Core.Apps;

/// <summary>An application's configuration is wrong. The message names the app, the option and the value.</summary>
/// <param name="message">What is wrong, for the operator.</param>
public sealed class InvalidAppException(string message) : Exception(message);
