using System.Buffers;
using System.IO.Pipelines;

namespace Dispatcher.Simulator.Wire;

/// <summary>Gathers an answer's body: they are all short, and leave in one piece.</summary>
internal sealed class ResponseBody : PipeWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => 0;

    public void Clear() => _bytes.ResetWrittenCount();

    public override void Advance(int bytes) => _bytes.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => _bytes.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _bytes.GetSpan(sizeHint);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => new(default(FlushResult));

    public override void Complete(Exception? exception = null)
    {
    }

    public override void CancelPendingFlush()
    {
    }
}
