namespace Dispatcher.Core.Providers.Connections.Http2;

/// <summary>Why a stream or a connection ends. RFC 9113 §7; those that mean something here.</summary>
internal static class Http2Code
{
    /// <summary>Nothing is wrong.</summary>
    public const uint None = 0;

    /// <summary>The stream was not processed.</summary>
    public const uint RefusedStream = 7;

    /// <summary>The answer is not wanted any more.</summary>
    public const uint Cancel = 8;
}
