namespace Dispatcher.Core.Providers.Connections.Http2;

/// <summary>The peer does not keep to HTTP/2: its connection is of no use any more.</summary>
/// <param name="message">What it did.</param>
internal sealed class Http2Exception(string message) : Exception(message);
