using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Dispatcher.Api.Tests.Batches;

/// <summary>A batch whose lines are sent when the test wants, each in a chunk of its own.</summary>
internal sealed class BatchConnection : IDisposable
{
    private readonly RawConnection _connection;

    private BatchConnection(RawConnection connection) => _connection = connection;

    public static async Task<BatchConnection> OpenAsync(ApiProcess api)
    {
        var connection = await RawConnection.OpenAsync(api.Address);
        await connection.SendHeadAsync("Transfer-Encoding: chunked", "/push/batch", "application/x-ndjson");
        return new BatchConnection(connection);
    }

    public Task SendAsync(string text) =>
        _connection.SendAsync(string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(text):x}\r\n{text}\r\n"));

    public Task EndAsync() => _connection.SendAsync("0\r\n\r\n");

    /// <summary>The next result; between them lie the response's head and its chunks' sizes.</summary>
    public async Task<JsonElement> ReadAsync()
    {
        while (true)
        {
            var line = await _connection.ReadUntilAsync("\n");
            if (line.StartsWith('{'))
                return JsonElement.Parse(line);
        }
    }

    public async Task<int> ReadStatusAsync() => (await ReadAsync()).GetProperty("status").GetInt32();

    /// <summary>Waits until the response has ended as it should.</summary>
    public Task ReadEndAsync() => _connection.ReadUntilAsync("0\r\n\r\n");

    public void Dispose() => _connection.Dispose();
}
