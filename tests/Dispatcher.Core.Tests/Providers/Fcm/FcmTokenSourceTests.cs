using System.Net;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Sending;
using Dispatcher.Testing;
using Google.Apis.Auth.OAuth2.Responses;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Core.Tests.Providers.Fcm;

public sealed class FcmTokenSourceTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Queue<TaskCompletionSource<TokenResponse>> _asked = new();
    private readonly FcmTokenSource _tokens;

    public FcmTokenSourceTests() => _tokens = new FcmTokenSource(AskAsync, _time, NullLogger.Instance, "shop-android");

    [Fact]
    public async Task Everybody_waits_for_one_request()
    {
        var waiting = Enumerable.Range(0, 10).Select(_ => _tokens.GetAsync(default).AsTask()).ToArray();

        Assert.Single(_asked);
        Grant("t1");

        Assert.All(await Task.WhenAll(waiting), got => Assert.Equal("Bearer t1", got.Token!.Authorization));
    }

    [Fact]
    public async Task The_old_token_is_served_while_the_new_one_is_fetched()
    {
        await FirstTokenAsync();
        _time.Advance(TimeSpan.FromSeconds(3600 * 0.8));

        Assert.Equal("Bearer t1", await AuthorizationAsync());
        Assert.Equal("Bearer t1", await AuthorizationAsync());
        Assert.Single(_asked);
        Grant("t2");

        Assert.Equal("Bearer t2", await AuthorizationAsync());
    }

    [Fact]
    public async Task A_fresh_token_is_not_renewed()
    {
        await FirstTokenAsync();
        _time.Advance(TimeSpan.FromSeconds(3600 * 0.8) - TimeSpan.FromTicks(1));

        Assert.Equal("Bearer t1", await AuthorizationAsync());
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task An_expired_token_is_not_served()
    {
        await FirstTokenAsync();
        _time.Advance(TimeSpan.FromSeconds(3600));

        var waiting = _tokens.GetAsync(default);
        Assert.False(waiting.IsCompleted);
        Grant("t2");

        Assert.Equal("Bearer t2", (await waiting).Token!.Authorization);
    }

    [Fact]
    public async Task A_failed_renewal_leaves_the_old_token_in_service()
    {
        await FirstTokenAsync();
        _time.Advance(TimeSpan.FromSeconds(3600 * 0.8));
        await AuthorizationAsync();
        Fail(new HttpRequestException("down"));

        Assert.Equal("Bearer t1", await AuthorizationAsync());
    }

    [Fact]
    public async Task Without_a_token_a_failure_is_an_outcome()
    {
        var waiting = _tokens.GetAsync(default);
        Fail(new HttpRequestException("down"));

        var (token, failure) = await waiting;

        Assert.Null(token);
        Assert.Equal((OutcomeKind.NotSent, "TokenEndpointUnavailable"), (failure!.Kind, failure.Reason));
    }

    [Fact]
    public async Task A_refused_credential_is_misconfigured()
    {
        var waiting = _tokens.GetAsync(default);
        Fail(new TokenResponseException(new() { Error = "invalid_grant" }, HttpStatusCode.BadRequest));

        var failure = (await waiting).Failure!;

        Assert.Equal((OutcomeKind.Misconfigured, "invalid_grant"), (failure.Kind, failure.Reason));
    }

    [Fact]
    public async Task The_token_endpoint_is_not_asked_again_at_once_after_a_failure()
    {
        var waiting = _tokens.GetAsync(default);
        Fail(new HttpRequestException("down"));
        await waiting;

        Assert.Equal("TokenEndpointUnavailable", (await _tokens.GetAsync(default)).Failure!.Reason);
        Assert.Empty(_asked);

        _time.Advance(TimeSpan.FromSeconds(1));
        var again = _tokens.GetAsync(default);
        Grant("t1");
        Assert.Equal("Bearer t1", (await again).Token!.Authorization);
    }

    [Fact]
    public async Task The_pause_doubles_up_to_a_minute()
    {
        int[] seconds = [1, 2, 4, 8, 16, 32, 60, 60];
        foreach (var pause in seconds.Select(s => TimeSpan.FromSeconds(s)))
        {
            var waiting = _tokens.GetAsync(default);
            Fail(new HttpRequestException("down"));
            await waiting;
            _time.Advance(pause - TimeSpan.FromTicks(1));
            await _tokens.GetAsync(default);
            Assert.Empty(_asked);
            _time.Advance(TimeSpan.FromTicks(1));
        }
    }

    [Fact]
    public async Task A_token_endpoint_that_never_answers_is_given_up()
    {
        var waiting = _tokens.GetAsync(default);
        _time.Advance(FcmTokenSource.FetchTimeout);

        Assert.Equal("TokenEndpointUnavailable", (await waiting).Failure!.Reason);
    }

    [Fact]
    public async Task A_push_that_stops_waiting_does_not_stop_the_request()
    {
        using var deadline = new CancellationTokenSource();
        var impatient = _tokens.GetAsync(deadline.Token);
        var patient = _tokens.GetAsync(default);

        await deadline.CancelAsync();

        Assert.Equal((OutcomeKind.NotSent, "NoAccessToken"), ((await impatient).Failure!.Kind, (await impatient).Failure!.Reason));
        Grant("t1");
        Assert.NotNull((await patient).Token);
    }

    [Fact]
    public async Task A_refused_token_is_replaced_once_for_all_pushes_that_carried_it()
    {
        var first = await FirstTokenAsync();

        Assert.True(_tokens.Replace(first.Generation));
        Assert.True(_tokens.Replace(first.Generation));
        var waiting = _tokens.GetAsync(default);
        Assert.Single(_asked);
        Grant("t2");
        var second = (await waiting).Token!;
        Assert.True(_tokens.Replace(first.Generation));

        Assert.Equal("Bearer t2", await AuthorizationAsync());
        Assert.False(_tokens.Replace(second.Generation));
    }

    [Fact]
    public async Task A_token_that_was_good_for_a_while_is_replaced_again()
    {
        var first = await FirstTokenAsync();
        Assert.True(_tokens.Replace(first.Generation));
        var waiting = _tokens.GetAsync(default);
        Grant("t2");
        var second = (await waiting).Token!;

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(_tokens.Replace(second.Generation));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_tokens.Replace(second.Generation));
    }

    private Task<TokenResponse> AskAsync(CancellationToken cancellationToken)
    {
        var asked = new TaskCompletionSource<TokenResponse>();
        _asked.Enqueue(asked);
        cancellationToken.UnsafeRegister(_ => asked.TrySetCanceled(), null);
        return asked.Task; // answered inline, so a test needs no wait
    }

    private void Grant(string token) => _asked.Dequeue().SetResult(new() { AccessToken = token, ExpiresInSeconds = 3600 });

    private void Fail(Exception e) => _asked.Dequeue().SetException(e);

    private async Task<FcmToken> FirstTokenAsync()
    {
        var waiting = _tokens.GetAsync(default);
        Grant("t1");
        return (await waiting).Token!;
    }

    private async Task<string?> AuthorizationAsync() => (await _tokens.GetAsync(default)).Token?.Authorization;
}
