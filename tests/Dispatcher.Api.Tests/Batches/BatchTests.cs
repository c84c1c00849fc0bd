using System.Text;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Tests.Batches;

public sealed class BatchTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const int Limit = PushLimits.MaxRequestBytes;

    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task Every_line_is_a_request_and_has_a_result_in_order()
    {
        var answer = await _api.BatchAsync($"{Some.Line}\n{{bad}}\n{Some.LineOfTwo}\n");

        Assert.Equal((200, "application/x-ndjson"), (answer.Status, answer.ContentType));
        Assert.Equal([(1, 202), (2, 400), (3, 202)], answer.Statuses);
        var (first, second, third) = (answer.Lines[0], answer.Lines[1], answer.Lines[2]);
        Assert.Equal(["line", "status", "id", "pushes"], first.EnumerateObject().Select(member => member.Name));
        Assert.Equal(first.GetProperty("id").GetGuid(), first.GetProperty("pushes")[0].GetProperty("id").GetGuid());
        Assert.Equal("urn:dispatcher:problem:malformed-json", second.GetProperty("problem").GetProperty("type").GetString());
        Assert.Equal(["shop-ios", "shop-android"], third.GetProperty("pushes").EnumerateArray().Select(push => push.GetProperty("app").GetString()));
        var sent = Lane.All.SelectMany(_api.Kafka.Read).Select(push => push.Id).ToHashSet();
        Assert.All(
            new[] { first, third }.SelectMany(line => line.GetProperty("pushes").EnumerateArray()),
            push => Assert.Contains(push.GetProperty("id").GetGuid(), sent));
    }

    [Fact]
    public async Task Blank_lines_count_and_have_no_result()
    {
        var answer = await _api.BatchAsync($"\uFEFF{Some.Line}\r\n\r\n \t\n{Some.Line}\r\n\n{Some.Line}");

        Assert.Equal([(1, 202), (4, 202), (6, 202)], answer.Statuses);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\r\n")]
    public async Task A_batch_of_nothing_has_no_results(string body)
    {
        var answer = await _api.BatchAsync(body);

        Assert.Equal((200, ""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Results_keep_the_order_of_many_lines()
    {
        var lines = string.Concat(Enumerable.Range(1, 20_000).Select(n => n % 7 == 0 ? "{}\n" : Some.Line + "\n"));

        var answer = await _api.BatchAsync(lines);

        Assert.Equal(Enumerable.Range(1, 20_000).Select(n => (n, n % 7 == 0 ? 400 : 202)), answer.Statuses);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    [InlineData(null)]
    public async Task Another_content_type_is_refused(string? contentType)
    {
        var answer = await _api.BatchAsync(Some.Line, contentType: contentType);

        Assert.Equal((415, "unsupported-media-type"), (answer.Status, answer.Problem));
    }

    [Theory]
    [InlineData("application/ndjson")]
    [InlineData("application/jsonl")]
    [InlineData("application/x-ndjson; charset=utf-8")]
    public async Task Other_names_of_the_content_type_are_taken(string contentType) =>
        Assert.Equal([(1, 202)], (await _api.BatchAsync(Some.Line, contentType: contentType)).Statuses);

    [Fact]
    public async Task Without_a_key_nothing_is_read()
    {
        var answer = await _api.BatchAsync(Some.Line, key: null);

        Assert.Equal((401, "unauthorized"), (answer.Status, answer.Problem));
    }

    [Fact]
    public async Task Each_line_sees_only_the_callers_apps() =>
        Assert.Equal([(1, 400)], (await _api.BatchAsync(Some.Line, ApiProcess.RivalKey)).Statuses);

    [Fact]
    public async Task Bytes_that_are_not_utf8_spoil_their_line_only()
    {
        byte[] body =
        [
            .. Encoding.UTF8.GetBytes($$"""{"to":{"app":"shop-ios","token":"{{Some.Token}}"},"notification":{"title":" """), 0xC3, 0x28,
            .. "\"}}\n"u8, .. Encoding.UTF8.GetBytes(Some.Line),
        ];

        var answer = await _api.SendAsync(HttpMethod.Post, "/push/batch", ApiProcess.Key, "application/x-ndjson", body);

        Assert.Equal([(1, 400), (2, 202)], answer.Statuses);
    }

    [Fact]
    public async Task A_line_over_the_limit_is_passed_over_and_the_next_one_taken()
    {
        var answer = await _api.BatchAsync($"{Some.Line.PadRight(Limit)}\n{Some.Line.PadRight(Limit + 1)}\n{new string('x', 5 * Limit)}\n{Some.Line}\n");

        Assert.Equal([(1, 202), (2, 413), (3, 413), (4, 202)], answer.Statuses);
        Assert.Equal("urn:dispatcher:problem:too-large", answer.Lines[2].GetProperty("problem").GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_batch_may_be_larger_than_any_request() =>
        Assert.All((await _api.BatchAsync(string.Concat(Enumerable.Repeat($"{Some.Line.PadRight(Limit / 2)}\n", 12)))).Statuses, line => Assert.Equal(202, line.Status));

    [Fact]
    public async Task A_result_comes_before_the_next_line_is_sent()
    {
        using var batch = await BatchConnection.OpenAsync(_api);
        for (var line = 1; line <= 3; line++)
        {
            await batch.SendAsync(Some.Line + "\n");
            var result = await batch.ReadAsync();
            Assert.Equal((line, 202), (result.GetProperty("line").GetInt32(), result.GetProperty("status").GetInt32()));
        }

        await batch.EndAsync();
        await batch.ReadEndAsync();
    }

    [Fact]
    public async Task A_line_may_come_in_pieces()
    {
        using var batch = await BatchConnection.OpenAsync(_api);
        foreach (var piece in (Some.Line + "\r\n" + Some.Line).Chunk(7))
            await batch.SendAsync(new string(piece));
        await batch.EndAsync();

        Assert.Equal((202, 202), (await batch.ReadStatusAsync(), await batch.ReadStatusAsync()));
    }

    [Fact]
    public async Task What_was_published_stays_when_the_caller_goes()
    {
        var before = _api.Kafka.Count();
        using (var batch = await BatchConnection.OpenAsync(_api))
        {
            await batch.SendAsync(Some.Line + "\n" + Some.Line[..20]);
            Assert.Equal(202, await batch.ReadStatusAsync());
        }

        Assert.Equal([(1, 202)], (await _api.BatchAsync(Some.Line)).Statuses); // it serves on
        Assert.Equal(before + 2, _api.Kafka.Count());
    }

    [Fact]
    public async Task A_body_whose_framing_breaks_ends_with_a_result_that_says_so()
    {
        using var connection = await RawConnection.OpenAsync(_api.Address);
        await connection.SendHeadAsync("Transfer-Encoding: chunked", "/push/batch", "application/x-ndjson");
        await connection.SendAsync($"{Some.Line.Length + 1:x}\r\n{Some.Line}\n\r\n");
        await connection.ReadUntilAsync("{\"line\":1,\"status\":202");
        await connection.SendAsync("nonsense\r\n");

        Assert.Contains("{\"line\":2,\"status\":400", await connection.ReadUntilAsync("broken-body"), StringComparison.Ordinal);
    }
}
