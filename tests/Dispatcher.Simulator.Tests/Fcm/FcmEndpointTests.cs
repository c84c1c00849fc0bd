using System.Globalization;
using System.Text.Json;
using Dispatcher.Simulator.Tests.Wire;

namespace Dispatcher.Simulator.Tests.Fcm;

public class FcmEndpointTests(SimulatorFixture fixture) : IClassFixture<SimulatorFixture>
{
    private const string FcmErrorType = "type.googleapis.com/google.firebase.fcm.v1.FcmError";

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_good_message_is_answered_with_its_name_over_either_http(string version)
    {
        var answer = await new FcmPush { Version = Version.Parse(version) }.SendAsync(fixture);

        Assert.Equal(200, answer.Status);
        Assert.Matches(@"^projects/demo-shop/messages/0:\d{16}%[0-9a-f]{16}$", answer.Json.GetProperty("name").GetString());
    }

    [Fact]
    public async Task Every_message_gets_a_name_of_its_own()
    {
        var first = await new FcmPush().SendAsync(fixture);
        var second = await new FcmPush().SendAsync(fixture);

        Assert.NotEqual(first.Body, second.Body);
    }

    [Fact]
    public async Task The_project_may_be_named_by_number() =>
        Assert.Equal(200, (await new FcmPush { Path = "/v1/projects/100000000001/messages:send" }.SendAsync(fixture)).Status);

    public static TheoryData<string, int, string, string?> Rows { get; } = new()
    {
        { "fail-400-INVALID_ARGUMENT", 400, "INVALID_ARGUMENT", "INVALID_ARGUMENT" },
        { "fail-401-THIRD_PARTY_AUTH_ERROR", 401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR" },
        { "fail-401-APNS_AUTH_ERROR", 401, "UNAUTHENTICATED", "APNS_AUTH_ERROR" },
        { "fail-401-UNAUTHENTICATED", 401, "UNAUTHENTICATED", null },
        { "fail-403-SENDER_ID_MISMATCH", 403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH" },
        { "fail-403-PERMISSION_DENIED", 403, "PERMISSION_DENIED", null },
        { "fail-404-UNREGISTERED", 404, "NOT_FOUND", "UNREGISTERED" },
        { "fail-404-NOT_FOUND", 404, "NOT_FOUND", null },
        { "fail-429-QUOTA_EXCEEDED", 429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED" },
        { "fail-500-INTERNAL", 500, "INTERNAL", "INTERNAL" },
        { "fail-500-UNSPECIFIED_ERROR", 500, "UNKNOWN", "UNSPECIFIED_ERROR" },
        { "fail-503-UNAVAILABLE", 503, "UNAVAILABLE", "UNAVAILABLE" },
        { "fail-418-SOMETHING_NEW", 418, "UNKNOWN", "SOMETHING_NEW" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Every_error_can_be_scripted_by_the_token(string prefix, int status, string rpcStatus, string? errorCode)
    {
        var answer = await new FcmPush { Body = FcmPush.To($"{prefix}:abc") }.SendAsync(fixture);

        var error = answer.Json.GetProperty("error");
        Assert.Equal(status, answer.Status);
        Assert.Equal(status, error.GetProperty("code").GetInt32());
        Assert.Equal(rpcStatus, error.GetProperty("status").GetString());
        Assert.Equal(errorCode, ErrorCode(error));
    }

    [Theory]
    [InlineData("fail-502-HTML", 502)]
    [InlineData("fail-504-HTML", 504)]
    public async Task The_front_end_answers_in_html(string prefix, int status)
    {
        var answer = await new FcmPush { Body = FcmPush.To($"{prefix}:abc") }.SendAsync(fixture);

        Assert.Equal(status, answer.Status);
        Assert.StartsWith("text/html", answer.Headers["content-type"], StringComparison.Ordinal);
        Assert.StartsWith("<!DOCTYPE html>", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fail-429-QUOTA_EXCEEDED:a", "1")]
    [InlineData("fail-503-UNAVAILABLE:a", "1")]
    [InlineData("fail-503-UNAVAILABLE-30:a", "30")]
    [InlineData("fail-500-INTERNAL-7:a", "7")]
    [InlineData("fail-500-INTERNAL:a", null)]
    public async Task Retry_after_is_sent_where_the_real_one_sends_it_or_the_token_asks(string token, string? seconds)
    {
        var answer = await new FcmPush { Body = FcmPush.To(token) }.SendAsync(fixture);

        Assert.Equal(seconds, answer.Headers.GetValueOrDefault("retry-after"));
    }

    [Fact]
    public async Task Retry_after_may_be_a_date()
    {
        var answer = await new FcmPush { Body = FcmPush.To("fail-503-UNAVAILABLE-30d:a") }.SendAsync(fixture);

        var at = DateTimeOffset.ParseExact(answer.Headers["retry-after"], "R", CultureInfo.InvariantCulture);
        Assert.InRange(at - fixture.Time.GetUtcNow(), TimeSpan.FromSeconds(29), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_flaky_token_fails_as_often_as_it_says_and_is_then_accepted()
    {
        var push = new FcmPush { Body = FcmPush.To("flaky-2-503-UNAVAILABLE:two") };

        int[] statuses = [(await push.SendAsync(fixture)).Status, (await push.SendAsync(fixture)).Status, (await push.SendAsync(fixture)).Status];

        Assert.Equal([503, 503, 200], statuses);
    }

    [Fact]
    public async Task A_slow_token_is_accepted_after_the_time_it_says()
    {
        var answer = await new FcmPush { Body = FcmPush.To("slow-1234:abc") }.SendAsync(fixture);

        Assert.Equal(200, answer.Status);
        Assert.Contains(TimeSpan.FromMilliseconds(1234), fixture.Time.Waited);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer ya29.forged")]
    [InlineData("Bearer ")]
    [InlineData("Basic dXNlcjpwYXNz")]
    public async Task Only_issued_access_tokens_open_it(string authorization)
    {
        var answer = await new FcmPush { Authorization = authorization }.SendAsync(fixture);

        Assert.Equal((401, "UNAUTHENTICATED"), (answer.Status, answer.Json.GetProperty("error").GetProperty("status").GetString()));
        Assert.Null(ErrorCode(answer.Json.GetProperty("error")));
    }

    [Fact]
    public async Task An_access_token_expires_after_an_hour()
    {
        var push = new FcmPush { Authorization = $"Bearer {fixture.Providers.AccessTokens.Issue()}" };
        Assert.Equal(200, (await push.SendAsync(fixture)).Status);

        fixture.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(401, (await push.SendAsync(fixture)).Status);
    }

    [Theory]
    [InlineData("/v1/projects/other-project/messages:send", 403, "PERMISSION_DENIED")]
    [InlineData("/v1/projects//messages:send", 404, "NOT_FOUND")]
    [InlineData("/fcm/send", 404, "NOT_FOUND")]
    public async Task Only_its_own_project_is_served(string path, int status, string rpcStatus)
    {
        var answer = await new FcmPush { Path = path }.SendAsync(fixture);

        Assert.Equal((status, rpcStatus), (answer.Status, answer.Json.GetProperty("error").GetProperty("status").GetString()));
    }

    [Fact]
    public async Task Only_post_sends() => Assert.Equal(404, (await new FcmPush { Method = HttpMethod.Get }.SendAsync(fixture)).Status);

    [Fact]
    public async Task A_message_that_is_only_validated_gets_a_fake_name_and_no_ledger_entry()
    {
        const string Token = "validated:only";
        var answer = await new FcmPush { Body = $$"""{"validateOnly":true,{{FcmPush.To(Token)[1..]}}""" }.SendAsync(fixture);

        Assert.Equal("projects/demo-shop/messages/fake_message_id", answer.Json.GetProperty("name").GetString());
        Assert.Empty(fixture.Providers.Ledger.FindByToken(Token, 10));
    }

    private static string? ErrorCode(JsonElement error) => error.TryGetProperty("details", out var details)
        ? details.EnumerateArray().Where(detail => detail.GetProperty("@type").GetString() == FcmErrorType)
            .Select(detail => detail.GetProperty("errorCode").GetString()).SingleOrDefault()
        : null;
}
