using Dispatcher.Api.Access;
using Dispatcher.Api.Access.Tokens;
using Dispatcher.Core.Telemetry;
using Dispatcher.Testing;

namespace Dispatcher.Api.Tests.Access;

public sealed class AccessReloadTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Counters _meters = new();
    private readonly LogLines<AccessReload> _log = new();
    private readonly LogLines<Callers> _callersLog = new();
    private readonly Callers _callers;
    private readonly AccessReload _reload;
    private Func<AccessOptions> _read;

    public AccessReloadTests()
    {
        var options = ApiKeysTests.Options(("acme", "key-1", "acme"), ("old", "key-2", "acme"));
        _read = () => options;
        _callers = new Callers(new ApiKeys(options, _time), null, _callersLog);
        _reload = new AccessReload(
            _callers, options, jwt => new JwtVerifier(jwt, NoKeys(), _time), _time, new AccessMetrics(_meters), _log);
    }

    public void Dispose()
    {
        _callers.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public async Task Keys_come_change_and_go_and_the_log_says_so_without_a_hash()
    {
        var options = ApiKeysTests.Options(("acme", "key-1", "rival"), ("new", "key-3", "acme"));
        options.Keys["new"].ExpiresAt = _time.GetUtcNow().AddDays(1);
        _read = () => options;

        _reload.Take(_read());

        Assert.Equal<string?[]>(["rival", null, "acme"], await Task.WhenAll(TenantAsync("key-1"), TenantAsync("key-2"), TenantAsync("key-3")));
        Assert.Equal(
            [
                "Information: Access changed: API key acme was tenant acme, scopes push:send push:bulk push:validate push:manage, expires never; "
                    + "is tenant rival, scopes push:send push:bulk push:validate push:manage, expires never",
                "Information: Access changed: API key new is new: tenant acme, scopes push:send push:bulk push:validate push:manage, expires 2026-01-02 00:00:00Z",
                "Information: Access changed: API key old is gone",
            ],
            _log.All);
        Assert.Equal(1, _meters.Sum("dispatcher.access.reloads", "in_force"));
    }

    [Fact]
    public async Task A_key_that_is_another_one_now_is_said_to_be()
    {
        _read = () => ApiKeysTests.Options(("acme", "key-9", "acme"), ("old", "key-2", "acme"));

        _reload.Take(_read());

        Assert.Equal<string?[]>([null, "acme"], await Task.WhenAll(TenantAsync("key-1"), TenantAsync("key-9")));
        Assert.StartsWith("Information: Access changed: API key acme is another key now: tenant acme", Assert.Single(_log.All), StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_elsewhere_is_nobody_s_news()
    {
        _reload.Take(_read());

        Assert.Empty(_log.All);
        Assert.Equal(0, _meters.Sum("dispatcher.access.reloads", "in_force"));
    }

    [Fact]
    public void Tokens_are_checked_with_the_same_keys_as_long_as_their_options_are_the_same()
    {
        static AccessOptions Options(string audience, string key)
        {
            var options = ApiKeysTests.Options(("acme", key, "acme"));
            options.Jwt = new JwtOptions { Issuer = Tokens.Issuer.Name, Audience = audience, KeysUrl = "https://issuer.example/keys" };
            return options;
        }

        _read = () => Options("a", "key-1");
        _reload.Take(_read());
        var first = _callers.Tokens;
        _read = () => Options("a", "key-2");
        _reload.Take(_read());
        var second = _callers.Tokens;
        _read = () => Options("b", "key-2");
        _reload.Take(_read());

        Assert.NotNull(first);
        Assert.Same(first, second);
        Assert.NotSame(first, _callers.Tokens);
        Assert.Contains("Information: Access changed: tokens are taken from issuer https://issuer.example for audience b", _log.All);
    }

    [Fact]
    public async Task A_key_that_has_expired_is_complained_about_once()
    {
        var options = ApiKeysTests.Options(("acme", "key-1", "acme"));
        options.Keys["acme"].ExpiresAt = _time.GetUtcNow();
        _read = () => options;
        _reload.Take(_read());

        var answers = new[] { await _callers.FindAsync("Bearer key-1"), await _callers.FindAsync("Bearer key-1") };

        Assert.All(answers, answer => Assert.Equal(("The key has expired.", "expired_key"), (answer.Refusal!.Detail, answer.Cause)));
        Assert.Equal(["Warning: API key acme of tenant acme is still used, and has expired at 2026-01-01 00:00:00Z"], _callersLog.All);
    }

    private async Task<string?> TenantAsync(string key) => (await _callers.FindAsync($"Bearer {key}")).Caller?.Tenant;

    private SigningKeys NoKeys() => new(() => Task.FromResult(KeySet.Empty), null, TimeSpan.FromMinutes(15), _time, () => 0, new AccessMetrics(_meters), _log);
}
