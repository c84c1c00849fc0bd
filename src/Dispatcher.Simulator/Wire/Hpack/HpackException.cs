namespace Dispatcher.Simulator.Wire.Hpack;

/// <summary>A header block that cannot be read: the connection ends with COMPRESSION_ERROR.</summary>
internal sealed class HpackException(string message) : Exception(message);
