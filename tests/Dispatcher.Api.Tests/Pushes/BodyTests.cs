using System.Globalization;
using System.Text;

namespace Dispatcher.Api.Tests.Pushes;

/// <summary>What arrives before anybody looks at members: size, encoding, JSON.</summary>
public sealed class BodyTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const int Limit = 1024 * 1024;
    private const string Push =
        """{"to":{"app":"shop-ios","token":"7f3a00000000000000000000000000000000000000000000000000000000c0de"},"notification":{"title":"Hi"}}""";

    private readonly ApiProcess _api = fixture.Api;

    [Theory]
    [InlineData("", "")]
    [InlineData(" ", "")]
    [InlineData("{", "At line 1, byte 2: ")]
    [InlineData("{\"to\":nobody}", "At line 1, byte 8: ")]
    [InlineData("{\n  \"to\": {},\n  \"data\": { \"k\": \"v\", }\n}", "At line 3, byte 23: ")]
    [InlineData("{}\n{}", "At line 2, byte 1: ")]
    [InlineData("to=shop-ios", "At line 1, byte 2: ")]
    public async Task Json_that_does_not_parse_is_refused_with_its_position(string body, string position)
    {
        var answer = await _api.PushAsync(body);

        Assert.Equal((400, "malformed-json", "application/problem+json"), (answer.Status, answer.Problem, answer.ContentType));
        var detail = answer.Json.GetProperty("detail").GetString();
        Assert.StartsWith(position, detail, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"data":{"k":"1"},"data":{"k":"2"}}""", "data")]
    [InlineData("""{"to":{"app":"a","app":"b"}}""", "app")]
    [InlineData("""{"fcm":{"android":{"ttl":"1s","ttl":"2s"}}}""", "ttl")]
    public async Task A_member_that_is_there_twice_is_refused(string body, string name)
    {
        var answer = await _api.PushAsync(body);

        Assert.Equal((400, "malformed-json"), (answer.Status, answer.Problem));
        Assert.Contains($"'{name}'", answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"\\ud800\":1,\"a\":2}")]
    [InlineData("{\"data\":{\"\\ud800\":\"1\",\"\\ud800\":\"2\"}}")]
    [InlineData("{\"fcm\":{\"\\ud800\":{\"\\udc00\":1}}}")]
    public async Task Names_that_are_not_unicode_are_refused(string body) =>
        Assert.Equal("A member has a name that is not valid Unicode.", (await _api.PushAsync(body)).Json.GetProperty("detail").GetString());

    [Theory]
    [InlineData("""{"class":"\ud800"}""", "#/class")]
    [InlineData("""{"priority":"\ud800"}""", "#/priority")]
    [InlineData("""{"apns":{"expiration":"\ud800"}}""", "#/apns/expiration")]
    public async Task Words_that_are_not_unicode_are_refused(string body, string at)
    {
        var answer = await _api.PushAsync(body);

        Assert.Equal((400, "invalid-request"), (answer.Status, answer.Problem));
        Assert.Contains(answer.Json.GetProperty("errors").EnumerateArray(), error => error.GetProperty("pointer").GetString() == at);
    }

    [Fact]
    public async Task A_broken_literal_is_refused_without_what_follows_it()
    {
        var answer = await _api.PushAsync("""{"validateOnly":tru,"to":{"app":"shop-ios","token":"7f3a00c0de"}}""");

        Assert.Equal((400, "malformed-json"), (answer.Status, answer.Problem));
        Assert.DoesNotContain("7f3a00c0de", answer.Json.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_not_utf8_are_refused()
    {
        byte[] body = [.. Encoding.UTF8.GetBytes("""{"notification":{"title":" """), 0xC3, 0x28, .. "\"}}"u8];

        Assert.Equal(400, (await _api.SendAsync(HttpMethod.Post, "/push", ApiProcess.Key, "application/json", body)).Status);
    }

    [Fact]
    public async Task Nesting_without_end_is_refused() =>
        Assert.Equal("malformed-json", (await _api.PushAsync(string.Concat(Enumerable.Repeat("{\"a\":", 10_000)))).Problem);

    [Fact]
    public async Task A_connection_goes_on_after_a_body_that_did_not_parse()
    {
        using var connection = await RawConnection.OpenAsync(_api.Address);

        await connection.SendHeadAsync("Content-Length: 8");
        await connection.SendAsync("{\"to\": ]");
        Assert.Contains("400 Bad Request", await connection.ReadUntilAsync("malformed-json"), StringComparison.Ordinal);
        await connection.SendAsync("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");

        Assert.EndsWith("HTTP/1.1 200 OK", await connection.ReadUntilAsync("200 OK"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task A_body_that_does_not_say_it_is_json_is_refused(string? contentType)
    {
        var answer = await _api.PushAsync(Push, contentType: contentType);

        Assert.Equal((415, "unsupported-media-type", "application/problem+json"), (answer.Status, answer.Problem, answer.ContentType));
    }

    [Fact]
    public async Task A_body_of_exactly_the_limit_is_read() => Assert.Equal(202, (await _api.PushAsync(Push.PadRight(Limit))).Status);

    [Fact]
    public async Task A_body_that_says_it_is_larger_is_refused_before_it_is_sent()
    {
        using var connection = await RawConnection.OpenAsync(_api.Address);

        await connection.SendHeadAsync(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {Limit + 1}"));

        Assert.StartsWith("HTTP/1.1 413 ", await connection.ReadUntilAsync("urn:dispatcher:problem:too-large"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_turns_out_larger_is_refused()
    {
        using var connection = await RawConnection.OpenAsync(_api.Address);
        var chunk = new string(' ', 0x10000);

        await connection.SendHeadAsync("Transfer-Encoding: chunked");
        for (var i = 0; i < 16; i++)
            await connection.SendAsync($"10000\r\n{chunk}\r\n");
        await connection.SendAsync("1\r\n \r\n");

        Assert.StartsWith("HTTP/1.1 413 ", await connection.ReadUntilAsync("urn:dispatcher:problem:too-large"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_in_chunks_is_read()
    {
        using var connection = await RawConnection.OpenAsync(_api.Address);

        await connection.SendHeadAsync("Transfer-Encoding: chunked");
        foreach (var part in Push.Chunk(50))
            await connection.SendAsync($"{part.Length:x}\r\n{new string(part)}\r\n");
        await connection.SendAsync("0\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 202 ", await connection.ReadUntilAsync("\"pushes\""), StringComparison.Ordinal);
    }
}
