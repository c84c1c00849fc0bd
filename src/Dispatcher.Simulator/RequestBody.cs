using System.Buffers;
using System.IO.Pipelines;

namespace Dispatcher.Simulator;

/// <summary>Collects a request's body inside the server's own buffers, without copying it.</summary>
internal static class RequestBody
{
    // Many times what either provider takes: enough to answer "too large" politely, not enough to hurt.
    private const int MaxBytes = 256 * 1024;

    /// <summary>The whole body, or, of an absurdly long one, the beginning. The caller advances the reader when done with it.</summary>
    public static async ValueTask<ReadOnlySequence<byte>> ReadAsync(PipeReader reader)
    {
        while (true)
        {
            var result = await reader.ReadAsync();
            if (result.IsCompleted || result.Buffer.Length > MaxBytes)
                return result.Buffer;
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}
