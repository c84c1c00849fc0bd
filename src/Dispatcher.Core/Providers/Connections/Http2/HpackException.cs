namespace Dispatcher.Core.Providers.Connections.Http2;

/// <summary>A header block that cannot be read: the connection ends with COMPRESSION_ERROR (RFC 9113 §4.3).</summary>
internal sealed class HpackException(string message) : Exception(message);
