using System.Net;
using System.Text.Json;

namespace Dispatcher.Client.Tests;

public sealed class SendBatchTests
{
    [Fact]
    public async Task Messages_share_requests_and_receipts_keep_their_order()
    {
        using var api = new ScriptedApi((_, body) => ScriptedApi.Results(body, (_, line) => Number(line) % 3 == 0
            ? ScriptedApi.RefusedLine(400, "invalid-request")
            : ScriptedApi.AcceptedLine));

        var receipts = await SendAsync(api, 1000, new() { MessagesPerRequest = 300 });

        Assert.Equal(4, api.Requests.Count);
        Assert.All(api.Requests, request => Assert.Equal(("POST", "/push/batch", "application/x-ndjson"), (request.Method, request.Path, request.Type)));
        Assert.Equal(Enumerable.Range(0, 1000).Select(n => n % 3 != 0), receipts.Select(receipt => receipt.IsAccepted));
        Assert.Equal(Enumerable.Range(0, 1000).Select(n => $"{n}"), receipts.Select(receipt => receipt.Message.CollapseKey));
        Assert.Equal("invalid-request", receipts[0].Problem!.Type);
    }

    [Fact]
    public async Task Only_what_failed_for_the_moment_goes_again_with_the_same_key()
    {
        using var api = new ScriptedApi((request, body) => ScriptedApi.Results(body, (_, line) => (request, Number(line)) switch
        {
            (1, 1) => ScriptedApi.RefusedLine(503, "kafka-unavailable", retryAfter: 5),
            (_, 2) => ScriptedApi.RefusedLine(400, "invalid-request"),
            _ => ScriptedApi.AcceptedLine,
        }));

        var receipts = await SendAsync(api, 4);

        Assert.Equal([(true, 0), (true, 1), (false, 0), (true, 0)], receipts.Select(receipt => (receipt.IsAccepted, receipt.Retries)));
        var bodies = api.Requests.Select(request => request.Body).ToArray();
        Assert.Equal(2, bodies.Length);
        Assert.Equal(bodies[0].Split('\n')[1], bodies[1].TrimEnd('\n'));
    }

    [Fact]
    public async Task Lines_without_a_result_go_again()
    {
        using var api = new ScriptedApi((request, body) => ScriptedApi.Results(request == 1 ? body.Split('\n')[0] : body, (_, _) => ScriptedApi.AcceptedLine));

        var receipts = await SendAsync(api, 3);

        Assert.Equal([0, 1, 1], receipts.Select(receipt => receipt.Retries));
        Assert.All(receipts, receipt => Assert.True(receipt.IsAccepted));
    }

    [Fact]
    public async Task An_answer_that_breaks_off_leaves_the_rest_in_doubt()
    {
        using var api = new ScriptedApi((_, body) => new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StreamContent(new BrokenStream($"{{\"line\":1,{ScriptedApi.AcceptedLine}}}\n")),
        });

        var receipts = await SendAsync(api, 2, new() { IdempotencyKeys = false });

        Assert.Equal([true, false], receipts.Select(receipt => receipt.IsAccepted));
        Assert.True(receipts[1].Problem!.MayHaveBeenTaken);
        Assert.Single(api.Requests); // without a key it must not go twice
    }

    [Fact]
    public async Task A_batch_that_is_refused_whole_refuses_each_message()
    {
        using var api = new ScriptedApi((_, _) => ScriptedApi.Json(HttpStatusCode.Unauthorized, """{"title":"An API key is needed"}"""));

        var receipts = await SendAsync(api, 3);

        Assert.All(receipts, receipt => Assert.Equal("401 An API key is needed", receipt.Problem!.ToString()));
        Assert.Single(api.Requests);
    }

    [Fact]
    public async Task A_batch_that_is_too_much_at_the_moment_goes_again_whole()
    {
        using var api = new ScriptedApi((request, body) => request == 1
            ? ScriptedApi.Json(HttpStatusCode.ServiceUnavailable, "{}", retryAfter: 2)
            : ScriptedApi.Results(body, (_, _) => ScriptedApi.AcceptedLine));

        Assert.All(await SendAsync(api, 3), receipt => Assert.Equal((true, 1), (receipt.IsAccepted, receipt.Retries)));
    }

    [Fact]
    public async Task No_messages_are_no_request()
    {
        using var api = new ScriptedApi((_, _) => throw new InvalidOperationException());

        Assert.Empty(await SendAsync(api, 0));
    }

    [Fact]
    public async Task A_source_that_hesitates_does_not_hold_back_what_came()
    {
        using var api = new ScriptedApi((_, body) => ScriptedApi.Results(body, (_, _) => ScriptedApi.AcceptedLine));
        var more = new TaskCompletionSource();
        async IAsyncEnumerable<PushMessage> Source()
        {
            yield return new PushMessage();
            await more.Task;
            yield return new PushMessage();
        }

        await using var receipts = api.Client().SendBatchAsync(Source()).GetAsyncEnumerator();
        var first = receipts.MoveNextAsync().AsTask();
        await api.Time.WaitForTimersAsync();
        api.Time.Advance(TimeSpan.FromMilliseconds(20));

        Assert.True(await first);
        more.SetResult();
        Assert.True(await receipts.MoveNextAsync());
        Assert.False(await receipts.MoveNextAsync());
    }

    [Fact]
    public async Task Messages_are_read_no_faster_than_they_are_sent()
    {
        using var api = new ScriptedApi((_, body) => ScriptedApi.Results(body, (_, _) => ScriptedApi.AcceptedLine));
        var read = 0;
        async IAsyncEnumerable<PushMessage> Source()
        {
            while (true)
            {
                read++;
                yield return new PushMessage();
                await Task.CompletedTask;
            }
        }

        await foreach (var receipt in api.Client(new() { MessagesPerRequest = 10, ConcurrentRequests = 2 }).SendBatchAsync(Source()))
        {
            Assert.InRange(read, 1, 31); // two requests, and one that is ready
            break;
        }
    }

    private static int Number(JsonElement line) => int.Parse(line.GetProperty("collapseKey").GetString()!, System.Globalization.CultureInfo.InvariantCulture);

    private static Task<List<PushReceipt>> SendAsync(ScriptedApi api, int count, DispatcherClientOptions? options = null)
    {
        async Task<List<PushReceipt>> CollectAsync()
        {
            var receipts = new List<PushReceipt>();
            await foreach (var receipt in api.Client(options).SendBatchAsync(Messages(count)))
                receipts.Add(receipt);
            return receipts;
        }

        return api.RunAsync(CollectAsync());
    }

    private static async IAsyncEnumerable<PushMessage> Messages(int count)
    {
        for (var n = 0; n < count; n++)
        {
            yield return new PushMessage { CollapseKey = $"{n}" };
            await Task.CompletedTask;
        }
    }

    /// <summary>A connection that breaks after some bytes.</summary>
    private sealed class BrokenStream(string text) : MemoryStream(System.Text.Encoding.UTF8.GetBytes(text))
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position < Length ? base.ReadAsync(buffer, cancellationToken) : throw new IOException("reset");
    }
}
