using Dispatcher.Core.Providers.Connections.Http2;

namespace Dispatcher.Core.Providers.Connections;

/// <content>What the peer says of requests, and what ends them.</content>
internal sealed partial class Http2Connection
{
    private readonly AnswerHead _head = new();
    private int _unreported;

    private void ReadHead(int stream, ReadOnlySpan<byte> block, bool ends)
    {
        var head = _head;
        head.Clear();
        _decoder.Decode(block, ref head); // also for a stream that nobody waits for: the table is one for all
        lock (_lock)
        {
            if (Find_NeedsLock(stream) is not { } exchange)
                return;
            if (exchange.Status == 0 && head.Status is >= 200 and < 1000) // 1xx is not the answer yet, and what comes later is a trailer
                (exchange.Status, exchange.Fields) = (head.Status, head.Fields);
            else if (exchange.Status == 0 && (ends || head.Status is < 100 or >= 1000))
                throw new Http2Exception("An answer has no status.");
            if (ends)
                Answer_NeedsLock(exchange);
        }
    }

    private void ReadData(Frame frame, ReadOnlySpan<byte> data)
    {
        lock (_lock)
        {
            _unreported += frame.Length;
            if (_unreported >= OurWindowBytes / 2)
            {
                SendControl_NeedsLock(Frame.WindowUpdate, stream: 0, (uint)_unreported);
                _unreported = 0;
            }

            if (Find_NeedsLock(frame.Stream) is not { } exchange)
                return;
            if (exchange.Status == 0)
                throw new Http2Exception("A body comes before its head.");
            exchange.BodyBytes += data.Length;
            if (exchange.Status != 200 || _settings.SuccessHasBody)
                exchange.Body = [.. exchange.Body, .. data[..Math.Min(data.Length, _settings.MaxBodyBytes - exchange.Body.Length)]];
            if (frame.Has(Frame.EndStream))
                Answer_NeedsLock(exchange);
            else if (exchange.BodyBytes >= _settings.MaxBodyBytes)
                Answer_NeedsLock(exchange, isCut: true);
        }
    }

    private void ReadReset(int stream, uint code)
    {
        lock (_lock)
        {
            if (Find_NeedsLock(stream) is not { } exchange || !exchange.TryEnd())
                return;
            _open.Remove(stream);
            var failure = code == Http2Code.RefusedStream ? TransportFailure.Refused
                : TransportFailure.Broken("HttpProtocolError", exchange.HasLeft);
            Completions.Add(ref _completions, exchange, EndOf(exchange, failure));
            WriteNext_NeedsLock();
        }
    }

    /// <summary>The exchange of a stream; <see langword="null"/> for one that was given up.</summary>
    private Exchange? Find_NeedsLock(int stream)
    {
        if (stream >= _encodedBelow || stream % 2 == 0)
            throw new Http2Exception("A stream that nobody opened is answered.");
        return _open.GetValueOrDefault(stream);
    }

    /// <param name="exchange">What is answered.</param>
    /// <param name="isCut">Enough was read: the answer is complete for us, and only for us.</param>
    private void Answer_NeedsLock(Exchange exchange, bool isCut = false)
    {
        _open.Remove(exchange.Stream);
        if (exchange.TryEnd())
            Completions.Add(ref _completions, exchange, Reply.Answered(this, new HttpAnswer(exchange.Status, exchange.Fields, exchange.Body)));
        if (isCut || !exchange.HasLeft) // the peer would wait for the rest of the body, and count the stream
            SendControl_NeedsLock(Frame.ResetStream, exchange.Stream, Http2Code.Cancel);
        WriteNext_NeedsLock();
    }

    /// <summary>A stream is free: a request that waited for it may leave.</summary>
    private void WriteNext_NeedsLock()
    {
        if (_queued.Count > 0 && BeginsWriting_NeedsLock())
            QueueWriter();
    }
}
