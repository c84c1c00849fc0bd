using System.Security.Cryptography;
using Dispatcher.Simulator.Tests.Wire;

namespace Dispatcher.Simulator.Tests.Apns;

/// <summary>Each test takes a simulator of its own: a connection remembers its token.</summary>
public sealed class ApnsProviderTokensTests : IAsyncLifetime
{
    private readonly SimulatorFixture _fixture = new();

    public Task InitializeAsync() => _fixture.InitializeAsync();

    public Task DisposeAsync() => _fixture.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(59)]
    [InlineData(-59)]
    public async Task A_token_issued_within_the_hour_is_good(int minutes) =>
        Assert.Null(await ReasonAsync($"bearer {Tokens.Provider(_fixture, TimeSpan.FromMinutes(minutes))}"));

    [Theory]
    [InlineData(61)]
    [InlineData(-61)]
    public async Task A_token_issued_more_than_an_hour_from_now_has_expired(int minutes) =>
        Assert.Equal("ExpiredProviderToken", await ReasonAsync($"bearer {Tokens.Provider(_fixture, TimeSpan.FromMinutes(minutes))}"));

    [Fact]
    public async Task A_good_token_expires_although_its_signature_was_seen_before()
    {
        var authorization = $"bearer {Tokens.Provider(_fixture, TimeSpan.FromMinutes(50))}";
        Assert.Null(await ReasonAsync(authorization));

        _fixture.Time.Advance(TimeSpan.FromMinutes(11));

        Assert.Equal("ExpiredProviderToken", await ReasonAsync(authorization));
    }

    [Fact]
    public async Task A_signature_in_der_is_as_good()
    {
        var apns = _fixture.Providers.ApnsKey;
        var token = Tokens.Es256(
            apns.Key,
            $$"""{"alg":"ES256","kid":"{{apns.KeyId}}"}""",
            $$"""{"iss":"{{apns.TeamId}}","iat":{{_fixture.Time.GetUtcNow().ToUnixTimeSeconds()}}}""",
            DSASignatureFormat.Rfc3279DerSequence);

        Assert.Null(await ReasonAsync($"Bearer {token}"));
    }

    [Fact]
    public async Task Another_key_a_wrong_kid_a_wrong_team_and_a_wrong_algorithm_are_invalid()
    {
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string[] forgeries =
        [
            Tokens.Provider(_fixture, key: stranger),
            Tokens.Provider(_fixture, kid: "ABC1234567"),
            Tokens.Provider(_fixture, team: "OTHERTEAM1"),
            Tokens.Provider(_fixture, alg: "HS256"),
        ];

        foreach (var forgery in forgeries)
            Assert.Equal("InvalidProviderToken", await ReasonAsync($"bearer {forgery}"));
    }

    [Theory]
    [InlineData("bearer ")]
    [InlineData("bearer abc")]
    [InlineData("bearer a.b.c")]
    [InlineData("bearer e30.e30.AAAA")]
    [InlineData("basic dXNlcjpwYXNz")]
    public async Task What_is_no_token_is_invalid(string authorization) =>
        Assert.Equal("InvalidProviderToken", await ReasonAsync(authorization));

    [Fact]
    public async Task Changed_claims_break_the_signature()
    {
        var good = Tokens.Provider(_fixture, TimeSpan.FromHours(2)).Split('.');
        var fresh = Tokens.Provider(_fixture).Split('.');

        Assert.Equal("InvalidProviderToken", await ReasonAsync($"bearer {good[0]}.{fresh[1]}.{good[2]}"));
    }

    private async Task<string?> ReasonAsync(string authorization)
    {
        var answer = await new ApnsPush { Headers = { ["authorization"] = authorization } }.SendAsync(_fixture);
        return answer.Status == 200 ? null : answer.Json.GetProperty("reason").GetString();
    }
}
