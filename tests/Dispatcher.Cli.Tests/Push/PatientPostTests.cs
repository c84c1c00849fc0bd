using System.Net;
using Dispatcher.Cli.Http;
using Dispatcher.Cli.Push;
using Dispatcher.Testing;

namespace Dispatcher.Cli.Tests.Push;

public sealed class PatientPostTests
{
    private static readonly Problem Later = new(503, "later", []);

    [Fact]
    public async Task It_comes_back_when_the_api_asked_it_to()
    {
        using var api = new ScriptedApi((request, _) => request == 1
            ? ScriptedApi.Json(HttpStatusCode.ServiceUnavailable, "{}", retryAfter: 2)
            : ScriptedApi.Accepted(Some.Id));
        var time = new FakeTimeProvider();
        var posting = new PatientPost(api.Client(), time, static () => 0).PostAsync("{}"u8.ToArray(), CancellationToken.None);

        await time.WaitForTimersAsync();
        time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Single(api.Bodies);
        time.Advance(TimeSpan.FromSeconds(0.1));

        var (answer, retries) = await posting;
        Assert.IsType<PostAnswer.Accepted>(answer);
        Assert.Equal(1, retries);
    }

    [Fact]
    public void It_gives_up_after_so_many_times()
    {
        Assert.NotNull(PatientPost.Wait(new PostAnswer.Busy(Later, null), attempt: 5, chance: 0.5));
        Assert.Null(PatientPost.Wait(new PostAnswer.Busy(Later, null), attempt: 6, chance: 0.5));
        Assert.NotNull(PatientPost.Wait(new PostAnswer.Unreachable("refused"), attempt: 2, chance: 0.5));
        Assert.Null(PatientPost.Wait(new PostAnswer.Unreachable("refused"), attempt: 3, chance: 0.5));
    }

    [Fact]
    public void It_does_not_sit_through_an_hour() =>
        Assert.Null(PatientPost.Wait(new PostAnswer.Busy(Later, TimeSpan.FromHours(1)), attempt: 1, chance: 0.5));

    [Fact]
    public void What_may_have_been_taken_is_not_posted_again()
    {
        Assert.Null(PatientPost.Wait(new PostAnswer.NoAnswer("cut"), attempt: 1, chance: 0.5));
        Assert.Null(PatientPost.Wait(new PostAnswer.Partial(Later, []), attempt: 1, chance: 0.5));
    }

    [Fact]
    public void Waits_grow_and_callers_are_spread()
    {
        var busy = new PostAnswer.Busy(Later, null);
        Assert.True(PatientPost.Wait(busy, 2, 0.5) > PatientPost.Wait(busy, 1, 0.5));
        Assert.NotEqual(PatientPost.Wait(busy, 1, 0), PatientPost.Wait(busy, 1, 1));
    }
}
