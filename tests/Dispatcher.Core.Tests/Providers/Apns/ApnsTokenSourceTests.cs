using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Testing;
using static Dispatcher.Core.Tests.Providers.Samples;

namespace Dispatcher.Core.Tests.Providers.Apns;

public sealed class ApnsTokenSourceTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ApnsTokenSource _tokens;

    public ApnsTokenSourceTests() => _tokens = new ApnsTokenSource(_key, "KEY0000001", "TEAM000001", _time);

    public void Dispose() => _tokens.Dispose();

    [Fact]
    public void A_token_is_a_jwt_that_the_public_key_verifies()
    {
        var authorization = _tokens.Current.Authorization;

        Assert.StartsWith("bearer ", authorization, StringComparison.Ordinal);
        var parts = authorization["bearer ".Length..].Split('.');
        AssertJson("""{"alg":"ES256","kid":"KEY0000001"}""", Base64Url.DecodeFromChars(parts[0]));
        AssertJson($$"""{"iss":"TEAM000001","iat":{{_time.GetUtcNow().ToUnixTimeSeconds()}}}""", Base64Url.DecodeFromChars(parts[1]));
        using var publicKey = ECDsa.Create(_key.ExportParameters(includePrivateParameters: false));
        Assert.True(publicKey.VerifyData(
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256));
    }

    [Fact]
    public void One_token_serves_for_45_minutes()
    {
        var first = _tokens.Current;
        _time.Advance(TimeSpan.FromMinutes(45) - TimeSpan.FromTicks(1));
        Assert.Same(first, _tokens.Current);

        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(first.Generation + 1, _tokens.Current.Generation);
        Assert.NotEqual(first.Authorization, _tokens.Current.Authorization);
    }

    [Fact]
    public async Task Callers_at_the_same_time_get_one_token()
    {
        var tokens = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() => _tokens.Current)));

        Assert.Single(tokens.Distinct());
    }

    [Fact]
    public void A_refused_token_is_replaced_once_for_all_pushes_that_carried_it()
    {
        var refused = _tokens.Current.Generation;

        Assert.True(_tokens.Replace(refused));
        var replacement = _tokens.Current;
        Assert.True(_tokens.Replace(refused));

        Assert.Same(replacement, _tokens.Current);
        Assert.Equal(refused + 1, replacement.Generation);
    }

    [Fact]
    public void A_new_token_that_is_refused_as_well_is_not_replaced_again_for_20_minutes()
    {
        Assert.True(_tokens.Replace(_tokens.Current.Generation));
        var second = _tokens.Current;

        Assert.False(_tokens.Replace(second.Generation));
        Assert.Same(second, _tokens.Current);

        _time.Advance(TimeSpan.FromMinutes(20));
        Assert.True(_tokens.Replace(second.Generation));
    }

    [Fact]
    public void A_clock_that_is_set_back_brings_a_new_token()
    {
        var time = new SettableTime(_time.GetUtcNow());
        using var tokens = new ApnsTokenSource(ECDsa.Create(ECCurve.NamedCurves.nistP256), "K", "T", time);
        var first = tokens.Current;

        time.Now -= TimeSpan.FromHours(2);

        Assert.Equal(first.Generation + 1, tokens.Current.Generation);
    }

    private sealed class SettableTime(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
