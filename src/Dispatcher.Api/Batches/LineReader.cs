using System.Buffers;
using System.IO.Pipelines;

namespace Dispatcher.Api.Batches;

/// <summary>
/// Takes lines out of a body where they lie, in the pipe's own buffers. A line that is too long is passed over as it comes; nothing of it
/// is kept. Ends of lines are LF or CRLF, the last one may have none, and a byte order mark may stand before the first.
/// </summary>
/// <param name="body">The body.</param>
/// <param name="maxBytes">What a line may have, without its end.</param>
internal sealed class LineReader(PipeReader body, int maxBytes)
{
    /// <summary>What may surround a line of the full length: a byte order mark and the CR of its end.</summary>
    private const int Surroundings = 4;

    private ReadOnlySequence<byte> _buffer;
    private long _scanned; // bytes of the buffer that have no line's end in them
    private bool _hasBuffer;
    private bool _isLast;
    private bool _passesOver;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Lines that have ended so far, blank ones too.</summary>
    public long Ended { get; private set; }

    /// <summary>Waits for more of the body.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Whether there may be lines to take; <see langword="false"/> after the last, or when the wait was cut short.</returns>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        Release();
        if (_isLast)
            return false;
        var read = await body.ReadAsync(cancellationToken);
        (_buffer, _isLast, _hasBuffer) = (read.Buffer, read.IsCompleted, true);
        return !read.IsCanceled;
    }

    /// <summary>Ends a wait for more from another thread: no further lines are wanted.</summary>
    public void CutShort() => body.CancelPendingRead();

    /// <summary>Takes the next line, if the whole of it is here.</summary>
    /// <param name="line">The line.</param>
    public bool TryTake(out BatchLine line)
    {
        while (_buffer.Slice(_scanned).PositionOf((byte)'\n') is { } end)
        {
            var bytes = _buffer.Slice(0, end);
            _buffer = _buffer.Slice(_buffer.GetPosition(1, end));
            if (TryEnd(bytes, out line))
                return true;
        }

        if (_isLast)
        {
            var rest = _buffer;
            _buffer = _buffer.Slice(_buffer.End);
            return TryEnd(rest, out line);
        }

        if (_passesOver || _buffer.Length > maxBytes + Surroundings)
        {
            _passesOver = true;
            _buffer = _buffer.Slice(_buffer.End);
        }

        (_scanned, line) = (_buffer.Length, default);
        return false;
    }

    /// <summary>Gives back what is left, so that the connection can go on.</summary>
    public void Release()
    {
        if (_hasBuffer)
            body.AdvanceTo(_buffer.Start, _buffer.End);
        (_buffer, _hasBuffer) = (default, false);
    }

    private bool TryEnd(ReadOnlySequence<byte> bytes, out BatchLine line)
    {
        var passedOver = _passesOver;
        (_scanned, _passesOver) = (0, false);
        Ended++;
        if (Ended == 1)
            bytes = WithoutMark(bytes);
        bytes = WithoutReturn(bytes);
        var isTooLong = passedOver || bytes.Length > maxBytes;
        line = new BatchLine(Ended, isTooLong ? default : bytes, isTooLong);
        return isTooLong || !IsBlank(bytes);
    }

    private static ReadOnlySequence<byte> WithoutMark(ReadOnlySequence<byte> bytes)
    {
        var reader = new SequenceReader<byte>(bytes);
        return reader.IsNext(ByteOrderMark, advancePast: true) ? reader.UnreadSequence : bytes;
    }

    private static ReadOnlySequence<byte> WithoutReturn(ReadOnlySequence<byte> bytes) =>
        !bytes.IsEmpty && bytes.Slice(bytes.Length - 1).FirstSpan[0] == '\r' ? bytes.Slice(0, bytes.Length - 1) : bytes;

    private static bool IsBlank(ReadOnlySequence<byte> bytes)
    {
        var reader = new SequenceReader<byte>(bytes);
        reader.AdvancePastAny((byte)' ', (byte)'\t', (byte)'\r');
        return reader.End;
    }
}
