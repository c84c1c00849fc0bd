namespace Dispatcher.Simulator.Wire;

/// <summary>The client broke the protocol: the connection ends with GOAWAY and this code.</summary>
internal sealed class Http2Exception(Http2Error code, string message) : Exception(message)
{
    public Http2Error Code { get; } = code;
}
