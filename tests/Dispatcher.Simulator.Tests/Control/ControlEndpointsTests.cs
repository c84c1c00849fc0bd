using Dispatcher.Simulator.Control;
using Dispatcher.Simulator.Tests.Wire;

namespace Dispatcher.Simulator.Tests.Control;

/// <summary>Each test takes a simulator of its own: these switch faults for everybody.</summary>
public sealed class ControlEndpointsTests : IAsyncLifetime
{
    private const string Id = "0d4d7f0e-0c0f-4c65-9d0c-3a9f4b1e6a10";

    private readonly SimulatorFixture _fixture = new();

    public Task InitializeAsync() => _fixture.InitializeAsync();

    public Task DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task An_accepted_push_is_found_by_its_apns_id_as_often_as_it_was_accepted()
    {
        var push = new ApnsPush { Headers = { ["apns-id"] = Id } };
        await push.SendAsync(_fixture);
        await push.SendAsync(_fixture);

        var found = (await GetAsync($"/ledger/{Id.ToUpperInvariant()}")).Json;
        var summary = (await GetAsync("/ledger/summary")).Json;

        Assert.Equal(2, found.GetProperty("accepted").GetInt32());
        Assert.Equal(1, summary.GetProperty("duplicates").GetInt64());
        var entry = found.GetProperty("entries")[0];
        Assert.Equal(("apns", Id), (entry.GetProperty("provider").GetString(), entry.GetProperty("id").GetString()));
        Assert.Equal((ApnsPush.GoodToken, "com.example.shop"), (entry.GetProperty("token").GetString(), entry.GetProperty("topic").GetString()));
        Assert.Equal((200, new ApnsPush().Body.Length), (entry.GetProperty("status").GetInt32(), entry.GetProperty("payloadBytes").GetInt32()));
        Assert.Equal(_fixture.Time.GetUtcNow(), entry.GetProperty("receivedAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task An_accepted_message_is_found_by_its_name_and_by_its_token()
    {
        var name = (await new FcmPush().SendAsync(_fixture)).Json.GetProperty("name").GetString()!;

        var byName = await GetAsync($"/ledger/{Uri.EscapeDataString(name)}");
        var byToken = await GetAsync($"/ledger?token={Uri.EscapeDataString(FcmPush.GoodToken)}");

        Assert.Equal(name, byName.Json.GetProperty("entries")[0].GetProperty("id").GetString());
        Assert.Equal(name, byToken.Json[0].GetProperty("id").GetString());
        Assert.Equal("demo-shop", byToken.Json[0].GetProperty("topic").GetString());
    }

    [Fact]
    public async Task An_unknown_id_is_not_found() => Assert.Equal(404, (await GetAsync($"/ledger/{Id}")).Status);

    [Fact]
    public async Task Answers_are_counted_by_provider_and_outcome()
    {
        await new ApnsPush().SendAsync(_fixture);
        await new ApnsPush { Path = ApnsPush.Scripted("fa114100") }.SendAsync(_fixture);
        await new FcmPush { Body = FcmPush.To("fail-404-UNREGISTERED:a") }.SendAsync(_fixture);

        Assert.Equal(3, await CountAsync(""));
        Assert.Equal(1, await CountAsync("?provider=apns&outcome=accepted"));
        Assert.Equal(2, await CountAsync("?outcome=unregistered"));
        Assert.Equal(1, await CountAsync("?provider=fcm&outcome=404"));
    }

    [Fact]
    public async Task The_newest_entries_come_first_and_a_cleared_ledger_is_empty()
    {
        await new ApnsPush().SendAsync(_fixture);
        await new FcmPush().SendAsync(_fixture);

        var newest = (await GetAsync("/ledger?limit=1")).Json;
        var cleared = await _fixture.ControlAsync(HttpMethod.Delete, "/ledger");

        Assert.Equal(1, newest.GetArrayLength());
        Assert.Equal("fcm", newest[0].GetProperty("provider").GetString());
        Assert.Equal((204, "[]"), (cleared.Status, (await GetAsync("/ledger")).Body));
    }

    [Fact]
    public async Task Duplicates_are_counted_by_id_or_by_token()
    {
        foreach (var id in new[] { Id, Id, "0d4d7f0e-0c0f-4c65-9d0c-3a9f4b1e6a11" })
            await new ApnsPush { Headers = { ["apns-id"] = id } }.SendAsync(_fixture);
        await new FcmPush().SendAsync(_fixture);
        await new FcmPush().SendAsync(_fixture);

        var byId = (await GetAsync("/ledger/duplicates")).Body;
        var byToken = (await GetAsync("/ledger/duplicates?by=token")).Json;

        Assert.Equal($$"""{"count":1,"extra":1,"first":[{"key":"{{Id}}","accepted":2}]}""", byId);
        Assert.Equal((2, 3), (byToken.GetProperty("count").GetInt64(), byToken.GetProperty("extra").GetInt64()));
        Assert.Equal(FcmPush.GoodToken, byToken.GetProperty("first")[1].GetProperty("key").GetString());
    }

    [Fact]
    public async Task What_was_accepted_is_read_page_by_page()
    {
        await new ApnsPush { Headers = { ["apns-id"] = Id } }.SendAsync(_fixture);
        await new ApnsPush { Path = ApnsPush.Scripted("fa114100") }.SendAsync(_fixture);
        await new FcmPush().SendAsync(_fixture);

        var first = (await GetAsync("/ledger/accepted?limit=1")).Body;
        var second = (await GetAsync("/ledger/accepted?after=1")).Json;

        Assert.Equal($$"""{"next":1,"missed":0,"accepted":[{"provider":"apns","id":"{{Id}}","token":"{{ApnsPush.GoodToken}}"}]}""", first);
        Assert.Equal((3, 1), (second.GetProperty("next").GetInt64(), second.GetProperty("accepted").GetArrayLength()));
        Assert.Equal((200, "[]"), ((await GetAsync("/ledger/accepted?after=3")).Status, (await GetAsync("/ledger/accepted?after=3")).Json.GetProperty("accepted").GetRawText()));
    }

    [Fact]
    public async Task Refusals_are_read_in_the_same_way_as_what_was_accepted()
    {
        await new ApnsPush().SendAsync(_fixture);
        await new ApnsPush { Path = ApnsPush.Scripted("fa114100") }.SendAsync(_fixture);

        var first = (await GetAsync("/ledger/answers?limit=1")).Json;
        var second = (await GetAsync("/ledger/answers?after=1")).Json;

        Assert.Equal((1, 200), (first.GetProperty("next").GetInt64(), first.GetProperty("answers")[0].GetProperty("status").GetInt32()));
        Assert.Equal((2, 410), (second.GetProperty("next").GetInt64(), second.GetProperty("answers")[0].GetProperty("status").GetInt32()));
        Assert.True(second.GetProperty("answers")[0].GetProperty("receivedAt").GetDateTimeOffset() >= first.GetProperty("answers")[0].GetProperty("receivedAt").GetDateTimeOffset());
        Assert.Equal("[]", (await GetAsync("/ledger/answers?after=2")).Json.GetProperty("answers").GetRawText());
    }

    [Theory]
    [InlineData("/ledger/answers?after=-1")]
    [InlineData("/ledger/accepted?after=-1")]
    [InlineData("/ledger/accepted?limit=0")]
    [InlineData("/ledger/accepted?limit=100001")]
    [InlineData("/ledger/accepted?limit=many")]
    [InlineData("/ledger/duplicates?by=colour")]
    public async Task A_question_that_makes_no_sense_is_refused_with_a_line(string path)
    {
        var answer = await GetAsync(path);

        Assert.Equal(400, answer.Status);
        Assert.NotEmpty(answer.Body);
    }

    [Fact]
    public async Task A_fault_replaces_the_answers_of_one_provider_until_its_count_is_used_up()
    {
        await PutAsync("/faults/apns", """{"status":503,"reason":"Shutdown","retryAfterSeconds":2,"count":1}""");

        var hit = await new ApnsPush().SendAsync(_fixture);
        var after = await new ApnsPush().SendAsync(_fixture);
        var other = await new FcmPush().SendAsync(_fixture);

        Assert.Equal((503, """{"reason":"Shutdown"}""", "2"), (hit.Status, hit.Body, hit.Headers["retry-after"]));
        Assert.Equal((200, 200), (after.Status, other.Status));
        Assert.Equal(1, await CountAsync("?outcome=Shutdown"));
    }

    [Fact]
    public async Task A_fault_stays_until_it_is_taken_away()
    {
        await PutAsync("/faults/fcm", """{"status":429,"retryAfterSeconds":30}""");
        var hit = await new FcmPush().SendAsync(_fixture);

        await _fixture.ControlAsync(HttpMethod.Delete, "/faults/fcm");
        var after = await new FcmPush().SendAsync(_fixture);

        Assert.Equal((429, "30", 200), (hit.Status, hit.Headers["retry-after"], after.Status));
        Assert.Contains("QUOTA_EXCEEDED", hit.Body, StringComparison.Ordinal);
        Assert.Equal((200, "[]"), ((await GetAsync("/faults/fcm")).Status, (await GetAsync("/faults/fcm")).Body));
    }

    [Fact]
    public async Task A_fault_of_latency_alone_leaves_the_answer_as_it_is()
    {
        await PutAsync("/faults/apns", """{"latencyMs":700}""");

        var answer = await new ApnsPush().SendAsync(_fixture);

        Assert.Equal(200, answer.Status);
        Assert.Contains(TimeSpan.FromMilliseconds(700), _fixture.Time.Waited);
    }

    [Fact]
    public async Task The_latency_holds_for_every_answer_of_both_providers()
    {
        await PutAsync("/latency", """{"ms":61}""");

        await new ApnsPush { Path = ApnsPush.Scripted("fa114100") }.SendAsync(_fixture);
        await new FcmPush().SendAsync(_fixture);

        Assert.Equal(2, _fixture.Time.Waited.Count(wait => wait == TimeSpan.FromMilliseconds(61)));
        Assert.Equal("""{"ms":61}""", (await GetAsync("/latency")).Body);
    }

    [Fact]
    public async Task Revoked_access_tokens_open_nothing()
    {
        var push = new FcmPush { Authorization = $"Bearer {_fixture.Providers.AccessTokens.Issue()}" };

        await _fixture.ControlAsync(HttpMethod.Delete, "/access-tokens");

        Assert.Equal(401, (await push.SendAsync(_fixture)).Status);
    }

    [Theory]
    [InlineData("/faults/apns", """{"status":302}""", 400)]
    [InlineData("/faults/apns", """{"status":503,"probability":2}""", 400)]
    [InlineData("/faults/apns", """{"status":503,"count":0}""", 400)]
    [InlineData("/faults/apns", """{"status":503,"latencyMs":-1}""", 400)]
    [InlineData("/faults/apns", """{"status":503,"retryAfterSeconds":-1}""", 400)]
    [InlineData("/faults/apns", """{"sttaus":503}""", 400)]
    [InlineData("/faults/apns", """{"kind":"rest"}""", 400)]
    [InlineData("/faults/apns", """{"kind":9}""", 400)]
    [InlineData("/faults/apns", """{"kind":"reset","status":503}""", 400)]
    [InlineData("/faults/apns", """{"kind":"goaway","reason":"Shutdown"}""", 400)]
    [InlineData("/faults/apns", """{"kind":"reset","code":14}""", 400)]
    [InlineData("/faults/apns", """{"kind":"drop","code":2}""", 400)]
    [InlineData("/faults/apns", """{"kind":"reset","after":"later"}""", 400)]
    [InlineData("/faults/apns", """{"kind":"goaway","after":"accepted"}""", 400)]
    [InlineData("/faults/apns", """{"kind":"reset","code":7,"after":"accepted"}""", 400)]
    [InlineData("/faults/hms", """{"status":503}""", 404)]
    [InlineData("/latency", """{"ms":-1}""", 400)]
    [InlineData("/latency", """{"seconds":1}""", 400)]
    public async Task What_cannot_be_simulated_is_refused(string path, string json, int status) =>
        Assert.Equal(status, (await _fixture.ControlAsync(HttpMethod.Put, path, json)).Status);

    [Fact]
    public async Task A_misspelt_member_is_named()
    {
        var answer = await _fixture.ControlAsync(HttpMethod.Put, "/faults/apns", """{"sttaus":503}""");

        Assert.Contains("sttaus", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_faults_at_once_are_listed_with_how_often_each_has_struck()
    {
        await PutAsync("/faults/apns", """{"status":503,"count":1}""");
        await PostAsync("/faults/apns", """{"kind":"answer","latencyMs":30000,"probability":0.01}""");
        await PostAsync("/faults/apns", """{"status":429,"tokenPrefix":"7f3a"}""");

        int[] statuses = [(await new ApnsPush().SendAsync(_fixture)).Status, (await new ApnsPush().SendAsync(_fixture)).Status];

        Assert.Equal([503, 429], statuses);
        var listed = (await GetAsync("/faults/apns")).Json.EnumerateArray().ToArray();
        Assert.Equal([1, 0, 1], listed.Select(row => row.GetProperty("struck").GetInt64()));
        Assert.Equal(30_000, listed[1].GetProperty("fault").GetProperty("latencyMs").GetInt32());
        Assert.Equal("answer", listed[1].GetProperty("fault").GetProperty("kind").GetString());
        Assert.Equal("[]", (await GetAsync("/faults/fcm")).Body);
    }

    [Fact]
    public async Task One_fault_too_many_is_refused()
    {
        for (var set = 0; set < FaultSwitch.MaxFaults; set++)
            await PostAsync("/faults/fcm", """{"status":503}""");

        var refused = await _fixture.ControlAsync(HttpMethod.Post, "/faults/fcm", """{"status":503}""");

        Assert.Equal(400, refused.Status);
        Assert.Contains("32", refused.Body, StringComparison.Ordinal);
    }

    private async Task PostAsync(string path, string json) =>
        Assert.Equal(204, (await _fixture.ControlAsync(HttpMethod.Post, path, json)).Status);

    private Task<Answer> GetAsync(string path) => _fixture.ControlAsync(HttpMethod.Get, path);

    private async Task PutAsync(string path, string json) =>
        Assert.Equal(204, (await _fixture.ControlAsync(HttpMethod.Put, path, json)).Status);

    private async Task<long> CountAsync(string query) => (await GetAsync($"/ledger/count{query}")).Json.GetProperty("count").GetInt64();
}
