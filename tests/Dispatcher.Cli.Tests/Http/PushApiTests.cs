using System.Net;
using Dispatcher.Cli.Http;

namespace Dispatcher.Cli.Tests.Http;

public sealed class PushApiTests
{
    [Fact]
    public async Task A_request_carries_the_key_and_the_body_as_it_is()
    {
        using var api = ScriptedApi.Accepting();
        await api.Client().PostAsync("""{"to":[]}"""u8.ToArray(), CancellationToken.None);
        Assert.Equal(new Uri("http://api.test/push"), api.LastRequest!.RequestUri);
        Assert.Equal("Bearer dk_test", api.LastRequest.Headers.Authorization!.ToString());
        Assert.Equal("application/json", api.LastRequest.Content!.Headers.ContentType!.ToString());
        Assert.Equal("""{"to":[]}""", Assert.Single(api.Bodies));
    }

    [Fact]
    public async Task The_ids_of_accepted_pushes_are_read_and_the_requests_own_is_not()
    {
        var answer = await AnswerAsync(() => ScriptedApi.Accepted(Some.Id, Guid.AllBitsSet));
        Assert.Equal([Some.Id, Guid.AllBitsSet], Assert.IsType<PostAnswer.Accepted>(answer).Pushes);
    }

    [Fact]
    public async Task A_wrong_request_is_refused_with_the_pointers()
    {
        var answer = await AnswerAsync(() => ScriptedApi.Json(HttpStatusCode.BadRequest, """
            {"title":"The request is not valid","status":400,"detail":"Nothing was accepted.",
             "errors":[{"pointer":"#/to/0/token","detail":"must be hexadecimal"},{"pointer":"#/data","detail":"must be an object"}]}
            """));
        Assert.Equal(
            "400 The request is not valid: /to/0/token must be hexadecimal; /data must be an object",
            Assert.IsType<PostAnswer.Refused>(answer).Problem.Line);
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    public async Task A_busy_api_says_when_to_come_back(HttpStatusCode status)
    {
        var answer = await AnswerAsync(() => ScriptedApi.Json(status, "{}", retryAfter: 7));
        Assert.Equal(TimeSpan.FromSeconds(7), Assert.IsType<PostAnswer.Busy>(answer).RetryAfter);
    }

    [Fact]
    public async Task What_was_taken_in_part_is_told_apart_from_busy()
    {
        var answer = await AnswerAsync(() => ScriptedApi.Json(
            HttpStatusCode.ServiceUnavailable, $$"""{"title":"Kafka did not take the request","accepted":["{{Some.Id}}"]}""", retryAfter: 5));
        Assert.Equal([Some.Id], Assert.IsType<PostAnswer.Partial>(answer).Pushes);
    }

    [Fact]
    public async Task No_connection_and_no_answer_are_different_things()
    {
        var refused = await AnswerAsync(() => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused"));
        var cut = await AnswerAsync(() => throw new HttpRequestException(HttpRequestError.ResponseEnded, "cut"));
        Assert.IsType<PostAnswer.Unreachable>(refused);
        Assert.IsType<PostAnswer.NoAnswer>(cut);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[1]")]
    [InlineData("""{"errors":"none","title":7}""")]
    public async Task A_body_that_is_no_problem_document_still_gives_a_line(string body)
    {
        var answer = await AnswerAsync(() => ScriptedApi.Json(HttpStatusCode.Unauthorized, body));
        Assert.Equal("401 the API key is missing or unknown", Assert.IsType<PostAnswer.Refused>(answer).Problem.Line);
    }

    private static async Task<PostAnswer> AnswerAsync(Func<HttpResponseMessage> answer)
    {
        using var api = new ScriptedApi((_, _) => answer());
        return await api.Client().PostAsync("{}"u8.ToArray(), CancellationToken.None);
    }
}
