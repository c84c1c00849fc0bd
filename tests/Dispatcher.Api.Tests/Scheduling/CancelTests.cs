using System.Globalization;

namespace Dispatcher.Api.Tests.Scheduling;

/// <summary><c>DELETE /push/{id}</c> over the wire, with the schedule in Kafka.</summary>
public sealed class CancelTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Token = "7f3a00000000000000000000000000000000000000000000000000000000c0de";

    private readonly ApiProcess _api = fixture.Api;

    [Fact]
    public async Task A_scheduled_push_can_be_cancelled_again_and_again()
    {
        var sendAt = InHours(1);
        var id = await PushAsync(sendAt);

        var first = await CancelAsync(id);
        var second = await CancelAsync(id);

        Assert.Equal((200, "application/json"), (first.Status, first.ContentType));
        Assert.Equal(["id", "status", "sendAt"], first.Json.EnumerateObject().Select(member => member.Name));
        Assert.Equal((id, "cancelled"), (first.Json.GetProperty("id").GetGuid(), first.Json.GetProperty("status").GetString()));
        Assert.Equal(sendAt, first.Json.GetProperty("sendAt").GetDateTimeOffset());
        Assert.Equal((200, first.Body), (second.Status, second.Body));
    }

    [Fact]
    public async Task A_request_s_id_cancels_all_its_pushes_and_a_push_s_only_itself()
    {
        var answer = await PushAsync(
            $$"""{"to":[{"app":"shop-ios","token":"{{Token}}"},{"app":"shop-android","token":"f:A"}],"data":{"k":"v"},"sendAt":"{{Text(InHours(1))}}"}""");
        var request = answer.Json.GetProperty("id").GetGuid();

        Assert.Equal(200, (await CancelAsync(answer.PushIds[0])).Status);
        Assert.Equal(200, (await CancelAsync(request)).Status);
        Assert.Equal(200, (await CancelAsync(answer.PushIds[1])).Status);

        Assert.Equal(request, (await CancelAsync(request)).Json.GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task Another_api_cancels_what_this_one_accepted_a_moment_ago_and_one_that_starts_later_knows_too()
    {
        await using var other = await _api.StartAnotherAsync();
        for (var i = 0; i < 20; i++)
        {
            var id = await PushAsync(InHours(1));

            Assert.Equal(200, (await CancelAsync(id, other)).Status);
            Assert.Equal(200, (await CancelAsync(id)).Status);
        }

        var (cancelled, waiting) = (await PushAsync(InHours(2)), await PushAsync(InHours(2)));
        Assert.Equal(200, (await CancelAsync(cancelled)).Status);
        await using var late = await _api.StartAnotherAsync();

        Assert.Equal(200, (await CancelAsync(cancelled, late)).Status);
        Assert.Equal(200, (await CancelAsync(waiting, late)).Status);
        Assert.Equal(404, (await CancelAsync(Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), late)).Status);
    }

    [Fact]
    public async Task What_is_not_scheduled_not_there_or_not_yours_is_not_found()
    {
        var now = await _api.PushAsync($$$"""{"to":{"app":"shop-ios","token":"{{{Token}}}"},"data":{"k":"v"}}""");
        var scheduled = await PushAsync(InHours(1));

        foreach (var (path, key) in ((string, string)[])
        [
            ($"/push/{now.PushIds[0]}", ApiProcess.Key),
            ($"/push/{scheduled}", ApiProcess.RivalKey),
            ($"/push/{Guid.Empty}", ApiProcess.Key),
            ("/push/42", ApiProcess.Key),
        ])
        {
            var answer = await _api.SendAsync(HttpMethod.Delete, path, key);
            Assert.Equal((404, "no-such-push", "application/problem+json"), (answer.Status, answer.Problem, answer.ContentType));
        }

        Assert.Equal(200, (await CancelAsync(scheduled)).Status);
    }

    [Fact]
    public async Task What_is_due_is_too_late()
    {
        var id = await PushAsync(TimeProvider.System.GetUtcNow().AddMilliseconds(900));

        var answer = await CancelAsync(id);

        Assert.Equal((409, "too-late", "application/problem+json"), (answer.Status, answer.Problem, answer.ContentType));
        Assert.EndsWith("a push can be cancelled until a second before.", answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task Cancelling_needs_a_key(string? key)
    {
        var answer = await _api.SendAsync(HttpMethod.Delete, $"/push/{Guid.Empty}", key);

        Assert.Equal((401, "unauthorized"), (answer.Status, answer.Problem));
    }

    private static DateTimeOffset InHours(int hours) => TimeProvider.System.GetUtcNow().AddHours(hours);

    private static string Text(DateTimeOffset instant) => instant.ToString("O", CultureInfo.InvariantCulture);

    private Task<Answer> CancelAsync(Guid id, ApiProcess? api = null) => (api ?? _api).SendAsync(HttpMethod.Delete, $"/push/{id}", ApiProcess.Key);

    private async Task<Guid> PushAsync(DateTimeOffset sendAt) => Assert.Single(
        (await PushAsync($$"""{"to":{"app":"shop-ios","token":"{{Token}}"},"data":{"k":"v"},"sendAt":"{{Text(sendAt)}}"}""")).PushIds);

    private async Task<Answer> PushAsync(string body)
    {
        var answer = await _api.PushAsync(body);
        Assert.Equal(202, answer.Status);
        return answer;
    }
}
