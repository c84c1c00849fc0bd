namespace Dispatcher.Core.Providers.Connections.Http2;

/// <summary>Takes the fields of a decoded block. Must not throw: the block would be read halfway, and the connection's table with it.</summary>
internal interface IHeaderSink
{
    /// <summary>The next field. The bytes are valid during the call only; HPACK says nothing of what may be in them.</summary>
    void Field(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value);
}
