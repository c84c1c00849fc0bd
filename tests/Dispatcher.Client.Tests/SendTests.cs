using System.Net;
using System.Text.Json;

namespace Dispatcher.Client.Tests;

public sealed class SendTests
{
    private static readonly PushMessage Message = new() { To = [PushTarget.Token("shop-ios", "aa")] };

    [Fact]
    public async Task It_posts_json_with_the_key_and_reads_the_receipt()
    {
        using var api = new ScriptedApi((_, _) => ScriptedApi.Accepted());

        var receipt = await api.Client().SendAsync(Message);

        var (method, path, type, body) = Assert.Single(api.Requests);
        Assert.Equal(("POST", "/push", "application/json"), (method, path, type));
        Assert.Equal("Bearer dk_test", api.LastRequest!.Headers.Authorization!.ToString());
        Assert.Equal(7, Guid.Parse(JsonElement.Parse(body).GetProperty("idempotencyKey").GetString()!).Version);
        Assert.Equal((ScriptedApi.Id, true, 0), (receipt.Id, receipt.IsAccepted, receipt.Retries));
        Assert.Equal([new AcceptedPush(ScriptedApi.Id, "shop-ios", "ab")], receipt.Pushes);
    }

    [Fact]
    public async Task A_refusal_is_an_exception_with_pointers_and_no_retry()
    {
        using var api = new ScriptedApi((_, _) => ScriptedApi.Json(
            HttpStatusCode.BadRequest,
            """{"type":"urn:dispatcher:problem:invalid-request","title":"The request is not valid","errors":[{"pointer":"#/data/order%20id","detail":"must be a string"}]}"""));

        var refused = await Assert.ThrowsAsync<DispatcherException>(() => api.Client().SendAsync(Message));

        Assert.Equal((400, "invalid-request"), (refused.Problem.Status, refused.Problem.Type));
        Assert.Equal([new ProblemError("/data/order id", "must be a string")], refused.Problem.Errors);
        Assert.Equal("400 The request is not valid: /data/order id must be a string", refused.Message);
        Assert.False(refused.Problem.MayHaveBeenTaken);
        Assert.Single(api.Requests);
    }

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task Later_is_heeded_with_the_same_key(HttpStatusCode status)
    {
        using var api = new ScriptedApi((request, _) => request == 1 ? ScriptedApi.Json(status, "{}", retryAfter: 3) : ScriptedApi.Accepted());
        var begin = api.Time.GetUtcNow();
        var sending = api.Client().SendAsync(Message);

        await api.Time.WaitForTimerAsync(TimeSpan.FromSeconds(3));
        Assert.Single(api.Requests);
        api.Time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(1, (await sending).Retries);
        Assert.Equal(TimeSpan.FromSeconds(3), api.Time.GetUtcNow() - begin);
        Assert.Single(api.Requests.Select(request => request.Body).Distinct());
    }

    [Fact]
    public async Task A_wait_beyond_the_deadline_is_not_begun()
    {
        using var api = new ScriptedApi((_, _) => ScriptedApi.Json(HttpStatusCode.ServiceUnavailable, "{}", retryAfter: 61));

        var refused = await Assert.ThrowsAsync<DispatcherException>(() => api.Client().SendAsync(Message));

        Assert.Equal((503, TimeSpan.FromSeconds(61)), (refused.Problem.Status, refused.Problem.RetryAfter));
        Assert.Single(api.Requests);
    }

    [Fact]
    public async Task No_connection_is_tried_again_and_then_told()
    {
        using var api = new ScriptedApi((_, _) => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused"));

        var receipt = await api.RunAsync(api.Client(new() { MaxConnects = 3 }).TrySendAsync(Message));

        Assert.Equal((true, false, 2), (receipt.Problem!.IsUnreachable, receipt.Problem.MayHaveBeenTaken, receipt.Retries));
        Assert.Equal("The API cannot be reached: refused", receipt.Problem.ToString());
        Assert.Equal(3, api.Requests.Count);
    }

    [Fact]
    public async Task An_attempt_without_an_answer_is_repeated_only_with_a_key()
    {
        using var api = new ScriptedApi((request, _) => request == 1 ? throw new HttpRequestException("reset") : ScriptedApi.Accepted());
        Assert.True((await api.RunAsync(api.Client().TrySendAsync(Message))).IsAccepted);

        using var other = new ScriptedApi((_, _) => throw new HttpRequestException("reset"));
        var receipt = await other.Client(new() { IdempotencyKeys = false }).TrySendAsync(Message);

        Assert.True(receipt.Problem!.MayHaveBeenTaken);
        Assert.DoesNotContain("idempotencyKey", Assert.Single(other.Requests).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_of_which_a_part_was_taken_is_repeated_only_with_a_key()
    {
        var partial = $$"""{"title":"Kafka","accepted":["{{ScriptedApi.Id}}"]}""";
        using var api = new ScriptedApi((_, _) => ScriptedApi.Json(HttpStatusCode.ServiceUnavailable, partial, retryAfter: 1));

        var receipt = await api.Client(new() { IdempotencyKeys = false }).TrySendAsync(Message);

        Assert.Equal([ScriptedApi.Id], receipt.Problem!.Accepted);
        Assert.True(receipt.Problem.MayHaveBeenTaken);
        Assert.Single(api.Requests);
    }

    [Fact]
    public async Task Attempts_are_bounded()
    {
        using var api = new ScriptedApi((_, _) => ScriptedApi.Json(HttpStatusCode.ServiceUnavailable, "a proxy's page"));

        var receipt = await api.RunAsync(api.Client(new() { MaxAttempts = 4 }).TrySendAsync(Message));

        Assert.Equal((503, 3), (receipt.Problem!.Status, receipt.Retries));
        Assert.Equal(4, api.Requests.Count);
    }

    [Fact]
    public async Task An_answer_that_is_none_of_ours_is_no_receipt()
    {
        using var api = new ScriptedApi((_, _) => ScriptedApi.Json(HttpStatusCode.OK, "<html>"));

        var receipt = await api.Client(new() { MaxAttempts = 1 }).TrySendAsync(Message);

        Assert.True(receipt.Problem!.MayHaveBeenTaken);
    }

    [Fact]
    public async Task Cancelling_ends_the_wait()
    {
        using var api = new ScriptedApi((_, _) => ScriptedApi.Json(HttpStatusCode.ServiceUnavailable, "{}", retryAfter: 30));
        using var cancel = new CancellationTokenSource();
        var sending = api.Client().SendAsync(Message, cancel.Token);
        await api.Time.WaitForTimerAsync(TimeSpan.FromSeconds(30));

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task A_push_is_cancelled_by_its_id()
    {
        using var api = new ScriptedApi((request, _) => request == 1
            ? ScriptedApi.Json(HttpStatusCode.OK, """{"status":"cancelled"}""")
            : ScriptedApi.Json(HttpStatusCode.Conflict, """{"type":"urn:dispatcher:problem:too-late","title":"Too late"}"""));
        var client = api.Client();

        await client.CancelAsync(ScriptedApi.Id);
        var late = await Assert.ThrowsAsync<DispatcherException>(() => client.CancelAsync(ScriptedApi.Id));

        Assert.Equal(("DELETE", $"/push/{ScriptedApi.Id}"), (api.Requests.First().Method, api.Requests.First().Path));
        Assert.Equal((409, "too-late"), (late.Problem.Status, late.Problem.Type));
    }

    [Fact]
    public async Task Validating_sends_nothing_and_shows_what_would_be_sent()
    {
        using var api = new ScriptedApi((_, _) => ScriptedApi.Json(HttpStatusCode.OK, """{"requests":[{"app":"shop-ios"}]}"""));

        var shown = await api.Client().ValidateAsync(Message);

        Assert.Equal("shop-ios", shown.GetProperty("requests")[0].GetProperty("app").GetString());
        Assert.Equal("/push?validateOnly=true", Assert.Single(api.Requests).Path);
        Assert.DoesNotContain("idempotencyKey", api.Requests.First().Body, StringComparison.Ordinal);
    }

    [Fact]
    public void It_says_when_it_does_not_know_where_the_api_is()
    {
        using var api = new ScriptedApi((_, _) => ScriptedApi.Accepted());

        Assert.Throws<ArgumentException>(() => new DispatcherClient(new HttpMessageInvoker(api), new DispatcherClientOptions()));
        Assert.Throws<ArgumentOutOfRangeException>(() => api.Client(new() { MessagesPerRequest = 1001 }));
    }
}
