using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Dispatcher.Cli.Push;

/// <summary>One line that is not blank.</summary>
/// <param name="Number">Its number in the file, from 1.</param>
/// <param name="Body">Its bytes without the line end; empty when it is too long to keep.</param>
/// <param name="End">How far into the input it ends, in bytes.</param>
/// <param name="IsTooLong">Whether it is longer than the reader keeps.</param>
internal readonly record struct NdjsonLine(int Number, ReadOnlyMemory<byte> Body, long End, bool IsTooLong);

/// <summary>Reads newline-delimited JSON as bytes, line by line, with bounded memory. Whether a line is JSON is for the API to say.</summary>
/// <param name="maxLineLength">Longer lines are reported, not kept.</param>
internal sealed class NdjsonReader(int maxLineLength)
{
    private static ReadOnlySpan<byte> Bom => [0xEF, 0xBB, 0xBF];

    public async IAsyncEnumerable<NdjsonLine> ReadAsync(Stream input, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pipe = PipeReader.Create(input, new StreamPipeReaderOptions(bufferSize: 64 * 1024));
        var number = 1;
        long position = 0;
        var skipping = false; // inside a line that is too long
        while (true)
        {
            var read = await pipe.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } newline)
            {
                var line = buffer.Slice(0, newline);
                position += line.Length + 1;
                buffer = buffer.Slice(buffer.GetPosition(1, newline));
                if (Line(line, number++, position, skipping) is { } found)
                    yield return found;
                skipping = false;
            }

            if (read.IsCompleted)
            {
                if (Line(buffer, number, position + buffer.Length, skipping) is { } last)
                    yield return last;
                break;
            }

            if (skipping || buffer.Length > maxLineLength)
            {
                skipping = true;
                position += buffer.Length;
                buffer = buffer.Slice(buffer.End);
            }

            pipe.AdvanceTo(buffer.Start, buffer.End);
        }

        await pipe.CompleteAsync();
    }

    private NdjsonLine? Line(ReadOnlySequence<byte> bytes, int number, long end, bool isTooLong)
    {
        if (isTooLong || bytes.Length > maxLineLength)
            return new NdjsonLine(number, default, end, IsTooLong: true);
        ReadOnlyMemory<byte> body = bytes.ToArray();
        if (number == 1 && body.Span.StartsWith(Bom))
            body = body[Bom.Length..];
        body = body.Trim(" \t\r"u8);
        return body.IsEmpty ? null : new NdjsonLine(number, body, end, IsTooLong: false);
    }
}
