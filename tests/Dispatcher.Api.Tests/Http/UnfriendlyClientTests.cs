namespace Dispatcher.Api.Tests.Http;

/// <summary>Clients that cost more than they should are turned away; those that behave go on being served.</summary>
public sealed class UnfriendlyClientTests : IAsyncLifetime
{
    private ApiProcess _api = null!;

    public async Task InitializeAsync() => _api = await ApiProcess.StartAsync(
        ("Server:HeadTimeout", "00:00:01"), ("Server:IdleTimeout", "00:00:01"), ("Server:MaxConnections", "3"));

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task A_head_that_never_ends_is_answered_with_408()
    {
        using var connection = await RawConnection.OpenAsync(_api.Address);

        await connection.SendAsync("POST /push HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");

        Assert.Contains("HTTP/1.1 408 Request Timeout", await connection.ReadUntilAsync("\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_hardly_comes_is_answered_with_408()
    {
        using var connection = await RawConnection.OpenAsync(_api.Address);

        await connection.SendHeadAsync("Content-Length: 1000");
        await connection.SendAsync("{");

        Assert.Contains("HTTP/1.1 408 Request Timeout", await connection.ReadUntilAsync("\r\n\r\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /", 5_000, "", "414 URI Too Long")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\nX: ", 17_000, "\r\n\r\n", "431 Request Header Fields Too Large")]
    public async Task Heads_have_bounds(string before, int length, string after, string answer)
    {
        using var connection = await RawConnection.OpenAsync(_api.Address);

        await connection.SendAsync(before + new string('a', length) + after);

        Assert.Contains(answer, await connection.ReadUntilAsync("\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_have_a_bound_and_make_room_when_they_end()
    {
        RawConnection[] busy = [await OpenAsync(), await OpenAsync(), await OpenAsync()];

        using (var fourth = await RawConnection.OpenAsync(_api.Address))
            await Assert.ThrowsAnyAsync<Exception>(() => AskAsync(fourth)); // the end of the stream, or a reset
        foreach (var connection in busy)
            connection.Dispose();

        // The server sees the ends when it sees them.
        while (true)
        {
            using var next = await RawConnection.OpenAsync(_api.Address);
            try
            {
                Assert.Contains("200 OK", await AskAsync(next), StringComparison.Ordinal);
                return;
            }
            catch (Exception e) when (e is InvalidOperationException or IOException)
            {
                await Task.Yield();
            }
        }
    }

    private async Task<RawConnection> OpenAsync()
    {
        var connection = await RawConnection.OpenAsync(_api.Address);
        await connection.SendHeadAsync("Content-Length: 1000"); // in the middle of a request it is not idle
        await connection.SendAsync("{");
        return connection;
    }

    private static async Task<string> AskAsync(RawConnection connection)
    {
        await connection.SendAsync("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
        return await connection.ReadUntilAsync("\r\n\r\n");
    }
}
