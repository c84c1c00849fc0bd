using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Dispatcher.Api.Pushes;

namespace Dispatcher.Api.Batches;

/// <summary>Writes a line of result for each line of a batch.</summary>
/// <param name="output">The response.</param>
/// <param name="time">Measures the wait for a caller that does not read.</param>
/// <param name="timeout">How long that may be.</param>
internal sealed class ResultWriter(PipeWriter output, TimeProvider time, TimeSpan timeout) : IDisposable
{
    /// <summary>Bytes after which results go out even though more are ready.</summary>
    private const int Stride = 16 * 1024;

    private readonly ArrayBufferWriter<byte> _lines = new(Stride + 4096);
    private Utf8JsonWriter? _json;

    /// <summary>Whether it is time to flush.</summary>
    public bool IsFull => _lines.WrittenCount >= Stride;

    /// <summary>Adds a result.</summary>
    /// <param name="line">The line's number.</param>
    /// <param name="request">What was asked for, if that was right.</param>
    /// <param name="problem">Why not all of it was accepted; <see langword="null"/> when it was.</param>
    public void Write(long line, AdmittedRequest? request, Problem? problem)
    {
        var json = _json ??= new Utf8JsonWriter(_lines, Problem.WriterOptions);
        json.WriteStartObject();
        json.WriteNumber("line"u8, line);
        json.WriteNumber("status"u8, problem?.Status ?? StatusCodes.Status202Accepted);
        if (problem is null)
        {
            request!.Write(json);
            if (request.IsReplayed)
                json.WriteBoolean("replayed"u8, true);
        }
        else
        {
            if (problem.RetryAfter is { } seconds)
                json.WriteNumber("retryAfter"u8, seconds);
            json.WritePropertyName("problem"u8);
            problem.Write(json);
        }

        json.WriteEndObject();
        json.Flush();
        json.Reset();
        _lines.Write("\n"u8);
    }

    /// <summary>Sends what there is.</summary>
    /// <exception cref="TimeoutException">The caller does not read.</exception>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_lines.WrittenCount == 0)
            return;
        var write = output.WriteAsync(_lines.WrittenMemory, cancellationToken);
        if (!write.IsCompletedSuccessfully)
            await write.AsTask().WaitAsync(timeout, time, cancellationToken);
        _lines.ResetWrittenCount();
    }

    public void Dispose() => _json?.Dispose();
}
