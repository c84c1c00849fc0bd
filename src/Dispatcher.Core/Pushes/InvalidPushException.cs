namespace Dispatcher.Core.Pushes;

/// <summary>JSON that is not a push. Stays inside <see cref="PushJson"/>; the message never holds content.</summary>
/// <param name="message">What is wrong.</param>
internal sealed class InvalidPushException(string message) : Exception(message);
