using System.Security.Cryptography;
using System.Text;
using Dispatcher.Api.Access;
using Dispatcher.Testing;

namespace Dispatcher.Api.Tests.Access;

public sealed class ApiKeysTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ApiKeys _keys = new(
        Options(("acme", "key-1", "acme"), ("acme-old", "key-2", "acme"), ("rival", "schlüssel", "rival")), TimeProvider.System);

    [Theory]
    [InlineData("Bearer key-1", "acme", "acme")]
    [InlineData("Bearer key-2", "acme-old", "acme")]
    [InlineData("bearer key-1", "acme", "acme")]
    [InlineData("Bearer   key-1 ", "acme", "acme")]
    [InlineData("Bearer schlüssel", "rival", "rival")]
    public void A_configured_key_says_who_calls(string authorization, string name, string tenant)
    {
        Assert.True(_keys.TryFind(Bearer.Read(authorization), out var key));
        Assert.Equal(new Caller(name, tenant), key.Caller);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("key-1")]
    [InlineData("Basic key-1")]
    [InlineData("Bearer key-10")]
    [InlineData("Bearer KEY-1")]
    [InlineData("Bearer key-1,Bearer key-1")]
    public void Anything_else_does_not(string? authorization)
    {
        Assert.False(_keys.TryFind(Bearer.Read(authorization), out var key));
        Assert.Null(key);
    }

    [Fact]
    public void The_hash_itself_is_no_key() => Assert.False(_keys.TryFind(Sha256("key-1"), out _));

    [Fact]
    public void A_key_of_absurd_length_is_not_looked_at()
    {
        var longest = new string('k', 512);
        var keys = new ApiKeys(Options(("long", longest, "acme"), ("longer", longest + "k", "acme")), _time);

        Assert.True(keys.TryFind(longest, out _));
        Assert.False(keys.TryFind(longest + "k", out _));
    }

    [Fact]
    public void A_key_that_is_right_costs_no_memory()
    {
        for (var i = 0; i < 100; i++)
            _keys.TryFind(Bearer.Read("Bearer key-2"), out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            _keys.TryFind(Bearer.Read("Bearer key-2"), out _);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_key_ends_at_its_instant()
    {
        var options = Options(("acme", "key-1", "acme"));
        options.Keys["acme"].ExpiresAt = _time.GetUtcNow().AddHours(1);
        Assert.True(new ApiKeys(options, _time).TryFind("key-1", out var key));

        _time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        Assert.False(key.HasExpired);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.True(key.HasExpired);
    }

    [Fact]
    public void A_key_knows_how_long_ago_it_was_right_and_a_reload_does_not_forget_it()
    {
        var old = new ApiKeys(Options(("acme", "key-1", "acme"), ("other", "key-2", "acme")), _time);
        old.TryFind("key-1", out var key);
        key!.Use();
        _time.Advance(TimeSpan.FromMinutes(5));

        var now = new ApiKeys(Options(("renamed", "key-1", "acme"), ("other", "key-2", "acme")), _time);
        now.Continue(old);

        Assert.Equal([TimeSpan.FromMinutes(5), null], now.All.Select(one => one.Idle));
    }

    [Fact]
    public void Options_without_a_key_are_refused() =>
        Assert.Equal(["Access:Keys is empty: nobody could call. Give at least one key's Sha256."], new AccessOptions().Validate());

    [Theory]
    [InlineData("", "not 0 characters")]
    [InlineData("abc", "not 3 characters")]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "not 64 characters")]
    public void A_hash_that_is_none_is_refused_without_repeating_it(string hash, string reason)
    {
        var options = new AccessOptions();
        options.Keys["acme"] = new() { Sha256 = hash };

        var problem = Assert.Single(options.Validate());
        Assert.StartsWith("Access:Keys:acme:Sha256 must be the 64 hex digits of the key's SHA-256", problem, StringComparison.Ordinal);
        Assert.Contains(reason, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "Access:Keys:acme:Scopes must not be empty; give some of: push:send push:bulk push:validate push:manage ops:read.")]
    [InlineData(
        "push:send push:sned", "Access:Keys:acme:Scopes 'push:sned' must be one of: push:send push:bulk push:validate push:manage ops:read.")]
    public void Scopes_that_are_none_are_refused(string scopes, string problem)
    {
        var options = Options(("acme", "key-1", "acme"));
        options.Keys["acme"].Scopes = scopes;

        Assert.Equal([problem], options.Validate());
    }

    [Fact]
    public void A_key_belongs_to_a_tenant()
    {
        var options = Options(("acme", "key-1", " "));

        Assert.Equal(["Access:Keys:acme:Tenant must not be empty."], options.Validate());
    }

    internal static AccessOptions Options(params (string Name, string Key, string Tenant)[] keys)
    {
        var options = new AccessOptions();
        foreach (var (name, key, tenant) in keys)
            options.Keys[name] = new() { Sha256 = Sha256(key), Tenant = tenant };
        return options;
    }

    private static string Sha256(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
