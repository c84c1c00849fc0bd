using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Tests.Pushes;

/// <summary>Requests that come again.</summary>
public sealed class IdempotencyTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Token = "7f3a00000000000000000000000000000000000000000000000000000000c0de";
    private const string Replayed = "Idempotency-Replayed";

    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task The_same_request_has_the_same_answer_and_is_published_once()
    {
        var (key, body) = (NewKey(), Body(targets: 3));
        var first = await PushAsync(body, key);
        var count = _api.Kafka.Count();
        var again = await PushAsync(body, key);

        Assert.Equal((202, 202), (first.Status, again.Status));
        Assert.Equal(first.Body, again.Body);
        Assert.Equal((false, "true"), (first.Headers.ContainsKey(Replayed), again.Headers[Replayed]));
        Assert.Equal(count, _api.Kafka.Count());
        Assert.All(first.PushIds.Append(first.Json.GetProperty("id").GetGuid()), id => Assert.Equal(8, id.Version));
        Assert.Equal(4, first.PushIds.Append(first.Json.GetProperty("id").GetGuid()).Distinct().Count());
    }

    [Fact]
    public async Task Requests_that_come_at_once_are_published_once()
    {
        var (key, body, before) = (NewKey(), Body(), _api.Kafka.Count());

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => PushAsync(body, key)));

        Assert.All(answers, answer => Assert.Equal(202, answer.Status));
        Assert.Single(answers.Select(answer => answer.Body).Distinct());
        Assert.Single(answers, answer => !answer.Headers.ContainsKey(Replayed));
        Assert.Equal(before + 1, _api.Kafka.Count());
    }

    /// <summary>What the workers go by: the same key for the same push, and a partition that follows from it.</summary>
    [Fact]
    public async Task Each_record_has_a_mark_and_its_own_key()
    {
        var (key, body) = (NewKey(), Body(targets: 40));
        await using var other = await ApiProcess.StartAsync();

        var here = Marks(await PushAsync(body, key), _api);
        var there = Marks(await other.PushAsync(body, ("Idempotency-Key", key)), other);

        Assert.Equal(40, here.Select(mark => mark.Mark.Key).Distinct().Count());
        Assert.Single(here.Select(mark => mark.Mark.Fingerprint).Distinct());
        Assert.Equal(2, here.Select(mark => mark.Partition).Distinct().Count());
        Assert.Equal(here, there); // ids, marks and partitions: two instances that never met
    }

    [Fact]
    public async Task Without_a_key_ids_are_new_and_records_have_no_key()
    {
        var answer = await _api.PushAsync(Body());
        var again = await _api.PushAsync(Body());

        Assert.NotEqual(answer.PushIds, again.PushIds);
        Assert.All(answer.PushIds, id => Assert.Equal(7, id.Version));
        var record = _api.Kafka.ReadRecords(Lane.All[0]).Single(record => record.Push.Id == answer.PushIds[0]);
        Assert.Null(record.Mark);
        Assert.Null(record.Key);
    }

    [Fact]
    public async Task Another_body_under_the_key_is_refused()
    {
        var key = NewKey();
        await PushAsync(Body(title: "A"), key);
        var count = _api.Kafka.Count();

        var answer = await PushAsync(Body(title: "B"), key);

        Assert.Equal((422, "idempotency-key-reused"), (answer.Status, answer.Problem));
        Assert.Equal(count, _api.Kafka.Count());
    }

    [Fact]
    public async Task A_request_that_was_refused_may_be_repaired_under_its_key()
    {
        var key = NewKey();
        Assert.Equal(400, (await PushAsync("{}", key)).Status);

        Assert.Equal(202, (await PushAsync(Body(), key)).Status);
    }

    [Fact]
    public async Task A_key_is_its_tenant_s_own()
    {
        var (key, body) = (NewKey(), $$$"""{"to":{"app":"rival-ios","token":"{{{Token}}}"},"data":{"k":"v"}}""");
        var ours = await PushAsync(Body(), key);

        var theirs = await _api.PushAsync(body, ApiProcess.RivalKey, ("Idempotency-Key", key));

        Assert.Equal(202, theirs.Status);
        Assert.NotEqual(ours.PushIds, theirs.PushIds);
    }

    /// <summary>Trap: what is asked for twice in one request is no repetition.</summary>
    [Fact]
    public async Task A_target_that_is_named_twice_is_two_pushes()
    {
        var target = $$"""{"app":"shop-ios","token":"{{Token}}"}""";
        var (key, body) = (NewKey(), $$$"""{"to":[{{{target}}},{{{target}}}],"data":{"k":"v"}}""");

        var answer = await PushAsync(body, key);

        Assert.Equal(2, answer.PushIds.Distinct().Count());
        Assert.Equal(answer.Body, (await PushAsync(body, key)).Body);
    }

    /// <summary>What was right when it was accepted is not judged again: its instant has passed meanwhile, or its app is gone.</summary>
    [Fact]
    public async Task The_answer_does_not_depend_on_what_has_changed_since()
    {
        await using var api = await ApiProcess.StartAsync();
        var body = $$$"""{"to":{"app":"shop-android","token":"f:A"},"data":{"k":"v"}}""";
        var first = await api.PushAsync(body, ("Idempotency-Key", "k"));
        api.RemoveApp("shop-android");
        await api.RefusesAsync(body);

        var again = await api.PushAsync(body, ("Idempotency-Key", "k"));

        Assert.Equal((202, first.Body), (again.Status, again.Body));
    }

    [Fact]
    public async Task The_key_may_stand_in_the_body()
    {
        var key = NewKey();
        var body = Body(more: $$""","idempotencyKey":"{{key}}" """);

        var first = await _api.PushAsync(body);
        var again = await PushAsync(body, key);

        Assert.Equal("true", again.Headers[Replayed]);
        Assert.Equal(first.Body, again.Body);
        var errors = (await PushAsync(body, NewKey())).Errors;
        Assert.Equal(("#/idempotencyKey", "is not the one of the header Idempotency-Key; give one of them"), Assert.Single(errors));
    }

    [Fact]
    public async Task An_id_is_the_push_s_and_makes_it_the_same_one()
    {
        var id = NewId();
        var body = Body(more: $$""","id":"{{id}}" """);

        var first = await _api.PushAsync(body);
        var again = await _api.PushAsync(body);

        Assert.Equal([id], first.PushIds);
        Assert.Equal(id, first.Json.GetProperty("id").GetGuid());
        Assert.Equal("true", again.Headers[Replayed]);
        Assert.Equal(422, (await _api.PushAsync(Body(title: "B", more: $$""","id":"{{id}}" """))).Status);
        Assert.NotNull(Assert.Single(_api.Kafka.ReadRecords(Lane.All[0]), record => record.Push.Id == id).Mark);
    }

    [Fact]
    public async Task An_id_of_a_request_with_several_targets_is_the_request_s()
    {
        var id = NewId();
        var body = Body(targets: 2, more: $$""","id":"{{id}}" """);

        var answer = await _api.PushAsync(body);

        Assert.Equal(id, answer.Json.GetProperty("id").GetGuid());
        Assert.All(answer.PushIds, push => Assert.Equal(8, push.Version));
        Assert.Equal(answer.Body, (await _api.PushAsync(body)).Body);
    }

    /// <summary>Only the pushes have names then, not the request: it is published again, and workers see that they are the same.</summary>
    [Fact]
    public async Task Ids_of_targets_are_their_pushes()
    {
        var (a, b) = (NewId(), NewId());
        var body = $$$"""{"to":[{"app":"shop-ios","token":"{{{Token}}}","id":"{{{a}}}"},{"app":"shop-ios","token":"{{{Token}}}","id":"{{{b}}}"}],"data":{"k":"v"}}""";

        var answer = await _api.PushAsync(body);
        var again = await _api.PushAsync(body);

        Assert.Equal([a, b], answer.PushIds);
        Assert.Equal([a, b], again.PushIds);
        Assert.False(again.Headers.ContainsKey(Replayed));
        var records = _api.Kafka.ReadRecords(Lane.All[0]).Where(record => record.Push.Id == a).ToList();
        Assert.Equal(2, records.Count);
        Assert.Single(records.Select(record => (record.Mark, record.Partition)).Distinct());
    }

    /// <summary>Trap: one tenant's id must not keep another's push from being sent.</summary>
    [Fact]
    public async Task The_same_id_of_two_tenants_is_two_marks()
    {
        var id = NewId();
        await _api.PushAsync(Body(more: $$""","id":"{{id}}" """));
        await _api.PushAsync($$$"""{"to":{"app":"rival-ios","token":"{{{Token}}}"},"data":{"k":"v"},"id":"{{{id}}}"}""", ApiProcess.RivalKey);

        var marks = _api.Kafka.ReadRecords(Lane.All[0]).Where(record => record.Push.Id == id).Select(record => record.Mark!.Value.Key).ToList();

        Assert.Equal(2, marks.Distinct().Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\tb")]
    [InlineData(null)]
    public async Task A_header_that_cannot_be_a_key_is_refused(string? key)
    {
        var answer = await PushAsync(Body(), key ?? new string('x', RepeatKey.MaxLength + 1));

        Assert.Equal((400, "invalid-idempotency-key"), (answer.Status, answer.Problem));
    }

    [Fact]
    public async Task Two_headers_are_refused()
    {
        using var connection = await RawConnection.OpenAsync(_api.Address);
        await connection.SendHeadAsync("Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: 2");
        await connection.SendAsync("{}");

        Assert.Contains("400 Bad Request", await connection.ReadUntilAsync("\r\n\r\n"), StringComparison.Ordinal);
        await connection.ReadUntilAsync("The header Idempotency-Key is there more than once.");
    }

    [Theory]
    [InlineData(""","idempotencyKey":"" """, "#/idempotencyKey", "must be 1 to 255 printable ASCII characters")]
    [InlineData(""","idempotencyKey":7""", "#/idempotencyKey", "must be a string, not a number")]
    [InlineData(""","id":"7"  """, "#/id", "must be a UUID such as \"9b2f7c1e-4a0d-4c6b-8f3e-2d5a7e1b9c04\"")]
    [InlineData(""","id":"00000000-0000-0000-0000-000000000000" """, "#/id", "must be a UUID such as \"9b2f7c1e-4a0d-4c6b-8f3e-2d5a7e1b9c04\"")]
    [InlineData(""","id":"9b2f7c1e4a0d4c6b8f3e2d5a7e1b9c04" """, "#/id", "must be a UUID such as \"9b2f7c1e-4a0d-4c6b-8f3e-2d5a7e1b9c04\"")]
    public async Task Members_that_cannot_be_one_are_refused(string more, string at, string detail) =>
        Assert.Equal((at, detail), Assert.Single((await _api.PushAsync(Body(more: more))).Errors));

    [Theory]
    [InlineData("A", "A", null, "#/to/1/id", "is another target's, too")]
    [InlineData("A", "B", "B", "#/to/1/id", "is the request's, which has several targets")]
    [InlineData("A", null, "B", "#/to/id", "is not the request's, which has no other target")]
    public async Task Ids_that_contradict_are_refused(string first, string? second, string? whole, string at, string detail)
    {
        static string Id(string letter) => $"{new string(letter[0], 8)}-0000-4000-8000-000000000000";
        var targets = new[] { first, second }.OfType<string>().Select(id => $$"""{"app":"shop-ios","token":"{{Token}}","id":"{{Id(id)}}"}""").ToList();
        var to = targets.Count == 1 ? targets[0] : $"[{string.Join(',', targets)}]";

        var answer = await _api.PushAsync($$"""{"to":{{to}},"data":{"k":"v"}{{(whole is null ? "" : $",\"id\":\"{Id(whole)}\"")}}}""");

        Assert.Equal((at, detail), Assert.Single(answer.Errors));
    }

    [Fact]
    public async Task Lines_of_a_batch_have_keys_of_their_own()
    {
        var (line, count) = (Body(more: $$""","idempotencyKey":"{{NewKey()}}" """), _api.Kafka.Count());

        var answer = await _api.BatchAsync($"{line}\n{line}\n");

        var results = answer.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(result => System.Text.Json.JsonElement.Parse(result)).ToList();
        Assert.All(results, result => Assert.Equal(202, result.GetProperty("status").GetInt32()));
        Assert.Single(results.Select(result => result.GetProperty("id").GetGuid()).Distinct());
        Assert.Equal([false, true], results.Select(result => result.TryGetProperty("replayed", out _)));
        Assert.Equal(count + 1, _api.Kafka.Count());
    }

    /// <summary>Trap: ignored, it would promise what does not hold.</summary>
    [Fact]
    public async Task A_key_over_a_batch_is_refused()
    {
        var answer = await _api.SendAsync(
            HttpMethod.Post, "/push/batch", ApiProcess.Key, "application/x-ndjson", [.. "{}"u8], headers: [("Idempotency-Key", NewKey())]);

        Assert.Equal((400, "invalid-idempotency-key"), (answer.Status, answer.Problem));
    }

    private static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    private static string NewKey() => $"order {NewId()}";

    private static string Body(int targets = 1, string title = "Hi", string more = "")
    {
        var to = Enumerable.Range(0, targets).Select(i => $$"""{"app":"shop-ios","token":"{{$"{i:x2}"}}{{Token[2..]}}"}""");
        return $$$"""{"to":{{{(targets == 1 ? to.Single() : $"[{string.Join(',', to)}]")}}},"notification":{"title":"{{{title}}}"}{{{more}}}}""";
    }

    private Task<Answer> PushAsync(string body, string key) => _api.PushAsync(body, ("Idempotency-Key", key));

    private static List<(Guid Id, RepeatMark Mark, int Partition)> Marks(Answer answer, ApiProcess api) =>
    [
        .. api.Kafka.ReadRecords(Lane.All[0])
            .Where(record => answer.PushIds.Contains(record.Push.Id))
            .Select(record => (record.Push.Id, record.Mark!.Value, record.Partition))
            .OrderBy(record => record.Id),
    ];
}
