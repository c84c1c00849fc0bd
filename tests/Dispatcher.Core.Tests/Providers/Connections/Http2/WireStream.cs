using System.Threading.Tasks.Sources;

namespace Dispatcher.Core.Tests.Providers.Connections.Http2;

/// <summary>
/// A wire in memory whose other end is the test: it gets what is written as it is written, and feeds what is to be read. It allocates nothing
/// by itself. One reader and one writer, as TLS has it.
/// </summary>
/// <param name="written">Gets what is written; the writer goes on when it has.</param>
internal sealed class WireStream(Func<WireStream, ReadOnlyMemory<byte>, ValueTask> written) : Stream, IValueTaskSource<int>
{
    private readonly Lock _lock = new();
    private byte[] _fed = new byte[64 * 1024];
    private int _length;
    private Memory<byte> _target;
    private bool _isAwaited;
    private bool _hasEnded;
    private ManualResetValueTaskSourceCore<int> _read;

    public bool IsDisposed { get; private set; }

    /// <summary>Bytes that were fed and not read.</summary>
    public int Unread
    {
        get
        {
            lock (_lock)
                return _length;
        }
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Gives the reader bytes; where it waits, it gets them here, and goes on where its context says.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return; // nothing read would be the end
        int count;
        lock (_lock)
        {
            if (_fed.Length - _length < bytes.Length)
                Array.Resize(ref _fed, Math.Max(2 * _fed.Length, _length + bytes.Length));
            bytes.CopyTo(_fed.AsSpan(_length));
            _length += bytes.Length;
            if (!_isAwaited)
                return;
            _isAwaited = false;
            count = Take(_target.Span);
        }

        _read.SetResult(count);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_length > 0 || _hasEnded)
                return new(Take(buffer.Span));
            _read.Reset();
            (_target, _isAwaited) = (buffer, true);
            return new(this, _read.Version);
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return written(this, buffer);
    }

    int IValueTaskSource<int>.GetResult(short token) => _read.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        bool isAwaited;
        lock (_lock)
        {
            IsDisposed = _hasEnded = true;
            isAwaited = _isAwaited;
            _isAwaited = false;
        }

        if (isAwaited)
            _read.SetResult(0);
        base.Dispose(disposing);
    }

    private int Take(Span<byte> target)
    {
        var count = Math.Min(_length, target.Length);
        _fed.AsSpan(0, count).CopyTo(target);
        _fed.AsSpan(count, _length - count).CopyTo(_fed);
        _length -= count;
        return count;
    }
}
