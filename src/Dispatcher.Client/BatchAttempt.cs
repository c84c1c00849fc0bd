using System.Buffers;
using System.IO.Pipelines;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Dispatcher.Client;

/// <summary>One HTTP request of a batch: sends the messages that have no receipt yet, and notes each result as it comes.</summary>
/// <param name="http">The connection.</param>
internal sealed class BatchAttempt(HttpExchange http)
{
    private static readonly MediaTypeHeaderValue Lines = new("application/x-ndjson");

    /// <summary>Sends messages.</summary>
    /// <param name="messages">All that are still to be answered.</param>
    /// <param name="retries">How often they were sent before.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What became of the attempt as a whole; <see langword="null"/> when the answer ended as it should.</returns>
    public Task<Problem?> SendAsync(IReadOnlyList<PendingMessage> messages, int retries, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>(64 * 1024);
        foreach (var message in messages)
        {
            message.Message.Write(body, message.Key);
            body.Write("\n"u8);
        }

        var content = new ReadOnlyMemoryContent(body.WrittenMemory);
        content.Headers.ContentType = Lines;
        return http.SendAsync(HttpMethod.Post, "push/batch", content, timeout, (response, token) => ReadAsync(response, messages, retries, token), cancellationToken);
    }

    private static async Task ReadAsync(
        HttpResponseMessage response, IReadOnlyList<PendingMessage> messages, int retries, CancellationToken cancellationToken)
    {
        var results = PipeReader.Create(
            await response.Content.ReadAsStreamAsync(cancellationToken), new StreamPipeReaderOptions(bufferSize: 64 * 1024));
        while (true)
        {
            var read = await results.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                Note(buffer.Slice(0, end), messages, retries);
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }

            results.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
                return;
        }
    }

    private static void Note(ReadOnlySequence<byte> result, IReadOnlyList<PendingMessage> messages, int retries)
    {
        try
        {
            using var document = JsonDocument.Parse(result);
            var root = document.RootElement;
            var message = messages[root.GetProperty("line").GetInt32() - 1];
            var status = root.GetProperty("status").GetInt32();
            message.Receipt = status == 202
                ? PushReceipt.Read(message.Message, root, retries)
                : PushReceipt.Refused(message.Message, ReadProblem(root, status), retries);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentOutOfRangeException)
        {
            throw new IOException("The API answered with a line that is no result.", e);
        }
    }

    private static Problem ReadProblem(JsonElement root, int status)
    {
        TimeSpan? retryAfter = root.TryGetProperty("retryAfter", out var seconds) && seconds.TryGetInt32(out var number) ? TimeSpan.FromSeconds(number) : null;
        return Problem.Read(status, root.TryGetProperty("problem", out var problem) ? problem : default, retryAfter);
    }
}
