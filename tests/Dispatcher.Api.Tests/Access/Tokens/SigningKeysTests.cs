using System.Text;
using Dispatcher.Api.Access.Tokens;
using Dispatcher.Core.Telemetry;
using Dispatcher.Testing;

namespace Dispatcher.Api.Tests.Access.Tokens;

public sealed class SigningKeysTests : IDisposable
{
    private static readonly KeySet Known = KeySet.Read(Encoding.UTF8.GetBytes(Issuer.Keys()));
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(15);

    private readonly FakeTimeProvider _time = new();
    private readonly Counters _meters = new();
    private readonly LogLines<SigningKeys> _log = new();
    private readonly SemaphoreSlim _asked = new(0);
    private TaskCompletionSource<KeySet> _answer = new();
    private int _fetches;

    public void Dispose() => _meters.Dispose();

    [Fact]
    public async Task Those_who_come_before_the_first_answer_wait_for_it_together()
    {
        using var keys = Keys();
        var waiting = Enumerable.Range(0, 5).Select(_ => keys.FindAsync("r1", "RS256")).ToArray();

        _answer.SetResult(Known);

        Assert.All(await Task.WhenAll(waiting), Assert.NotNull);
        Assert.Equal(1, _fetches);
    }

    [Fact]
    public async Task An_unknown_id_makes_one_fetch_in_thirty_seconds_however_many_ask()
    {
        using var keys = await FetchedAsync();

        Assert.Null(await keys.FindAsync("made-up", "RS256"));
        Assert.Equal(1, _fetches); // the last one was a moment ago
        _time.Advance(SigningKeys.UnknownKeyPause);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(n => keys.FindAsync($"made-up-{n}", "RS256")));
        Assert.Null(await keys.FindAsync("made-up", "RS256"));

        Assert.Equal(2, _fetches);
    }

    [Fact]
    public async Task A_key_that_is_there_is_there_at_once_while_the_provider_hangs()
    {
        using var keys = await FetchedAsync();
        _answer = new TaskCompletionSource<KeySet>();
        _time.Advance(Interval);
        await _asked.WaitAsync();
        var unknown = keys.FindAsync("made-up", "RS256");

        Assert.True(keys.TryFind("r1", "RS256", out _));
        Assert.False(unknown.IsCompleted);
        _answer.SetResult(Known);
        Assert.Null(await unknown);
    }

    [Fact]
    public async Task A_new_key_is_found_when_a_token_names_it_and_the_old_one_is_gone()
    {
        using var keys = await FetchedAsync();
        _time.Advance(SigningKeys.UnknownKeyPause);
        _answer = new TaskCompletionSource<KeySet>();
        _answer.SetResult(KeySet.Read(Encoding.UTF8.GetBytes($$"""{"keys":[{{Issuer.RsaKey("r2", Issuer.Rsa).ToJsonString()}}]}""")));

        Assert.NotNull(await keys.FindAsync("r2", "RS256"));
        Assert.False(keys.TryFind("r1", "RS256", out _));
    }

    [Fact]
    public async Task When_the_provider_fails_the_keys_stay_and_it_is_asked_again_ever_more_seldom()
    {
        using var keys = await FetchedAsync();
        _answer = new TaskCompletionSource<KeySet>();
        _answer.SetException(new HttpRequestException("connection refused"));
        List<TimeSpan> pauses = [];
        for (var i = 0; i < 9; i++)
        {
            _time.Advance(_time.NextDue!.Value);
            await _asked.WaitAsync();
            await keys.FindAsync("made-up", "RS256"); // until it has failed
            pauses.Add(_time.NextDue!.Value);
        }

        Assert.Equal([5, 10, 20, 40, 80, 160, 320, 640, 900], pauses.Select(pause => pause.TotalSeconds / 0.9));
        Assert.True(keys.TryFind("r1", "RS256", out _));
        Assert.Equal(9, _meters.Sum("dispatcher.access.key_sets", "failed"));
        Assert.Contains("Error: The identity provider's keys cannot be fetched; the 2 so far stay, and it is tried again in 00:00:05: connection refused", _log.All);
    }

    private async Task<SigningKeys> FetchedAsync()
    {
        _answer.SetResult(Known);
        var keys = Keys();
        await _asked.WaitAsync();
        await keys.FindAsync("r1", "RS256");
        return keys;
    }

    private SigningKeys Keys() => new(FetchAsync, null, Interval, _time, () => 0, new AccessMetrics(_meters), _log);

    private Task<KeySet> FetchAsync()
    {
        Interlocked.Increment(ref _fetches);
        var answer = _answer.Task;
        _asked.Release();
        return answer;
    }
}
