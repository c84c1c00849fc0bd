using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Dispatcher.Api.Access;
using Dispatcher.Api.Access.Tokens;
using Dispatcher.Core.Telemetry;
using Dispatcher.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Api.Tests.Access.Tokens;

/// <summary>Tokens, most of them forged.</summary>
public sealed class JwtVerifierTests : IDisposable
{
    private const string NoSignature = "token_signature";

    private readonly FakeTimeProvider _time = new();
    private readonly JwtOptions _options = new() { Issuer = Issuer.Name, Audience = Issuer.Audience, KeysPath = "/" };
    private readonly Counters _meters = new();
    private JwtVerifier? _verifier;

    private JsonObject Claims => Issuer.Claims(_time.GetUtcNow());

    public void Dispose()
    {
        _verifier?.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public async Task A_token_of_either_algorithm_says_who_calls_and_what_for()
    {
        Assert.Equal(new Caller("jwt", "acme", Scopes.Send), (await VerifyAsync(Issuer.Rs256(Claims))).Caller);
        Assert.Equal(new Caller("jwt", "acme", Scopes.Send), (await VerifyAsync(Issuer.Es256(Claims))).Caller);
    }

    [Fact]
    public async Task Scopes_may_be_an_array_and_claims_may_have_other_names()
    {
        _options.TenantClaim = "https://example.com/tenant";
        _options.ScopeClaim = "permissions";

        var answer = await VerifyAsync(Issuer.Rs256(With(
            ("https://example.com/tenant", "rival"), ("permissions", new JsonArray("push:bulk", 7, "ops:read", "push:all")))));

        Assert.Equal(new Caller("jwt", "rival", Scopes.Bulk | Scopes.ReadOps), answer.Caller);
    }

    [Fact]
    public async Task A_token_without_scopes_may_do_nothing() =>
        Assert.Equal(new Caller("jwt", "acme", Scopes.None), (await VerifyAsync(Issuer.Rs256(Without("scope")))).Caller);

    [Fact]
    public async Task The_audience_may_be_one_of_several() =>
        Assert.NotNull((await VerifyAsync(Issuer.Rs256(With(("aud", new JsonArray("other", Issuer.Audience)))))).Caller);

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("ES384")]
    [InlineData("rs256")]
    [InlineData("")]
    public async Task No_other_algorithm_is_taken(string algorithm)
    {
        var header = Issuer.Header(algorithm);

        Assert.Equal("token_algorithm", await CauseAsync(Issuer.Rs256(Claims, header)));
        Assert.Equal("token_algorithm", await CauseAsync(Issuer.Sign(header.ToJsonString(), Claims.ToJsonString(), _ => [0])));
    }

    [Fact]
    public async Task Alg_none_without_a_signature_is_no_token()
    {
        var signed = Issuer.Sign(Issuer.Header("none").ToJsonString(), Claims.ToJsonString(), _ => []);

        Assert.EndsWith(".", signed, StringComparison.Ordinal);
        Assert.Equal("token_malformed", await CauseAsync(signed));
    }

    [Fact]
    public async Task Hs256_with_the_public_key_as_its_secret_is_refused()
    {
        var header = Issuer.Header("HS256").ToJsonString();
        byte[][] secrets = [Issuer.Rsa.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(Issuer.Rsa.ExportSubjectPublicKeyInfoPem())];

        foreach (var secret in secrets)
            Assert.Equal("token_algorithm", await CauseAsync(Issuer.Sign(header, Claims.ToJsonString(), data => HMACSHA256.HashData(secret, data))));
    }

    [Fact]
    public async Task A_key_is_for_its_own_algorithm_only()
    {
        Assert.Equal("token_key", await CauseAsync(Issuer.Rs256(Claims, Issuer.Header("RS256", "e1"))));
        Assert.Equal("token_key", await CauseAsync(Issuer.Es256(Claims, Issuer.Header("ES256", "r1"))));
    }

    [Fact]
    public async Task The_wrong_key_is_refused()
    {
        using var rsa = RSA.Create(2048);
        using var p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Assert.Equal(NoSignature, await CauseAsync(Issuer.Rs256(Claims, key: rsa)));
        Assert.Equal(NoSignature, await CauseAsync(Issuer.Es256(Claims, key: p256)));
    }

    [Fact]
    public async Task Es256_by_another_curve_or_written_as_der_is_refused()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);

        Assert.Equal(NoSignature, await CauseAsync(Issuer.Es256(Claims, key: p384)));
        Assert.Equal(NoSignature, await CauseAsync(Issuer.Es256(Claims, format: DSASignatureFormat.Rfc3279DerSequence)));
        Assert.Equal(NoSignature, await CauseAsync(Issuer.Sign(Issuer.Header("ES256", "e1").ToJsonString(), Claims.ToJsonString(), _ => new byte[64])));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("r2")]
    [InlineData("R1")]
    public async Task A_token_without_a_known_kid_is_refused(string? id) =>
        Assert.Equal("token_key", await CauseAsync(Issuer.Rs256(Claims, Issuer.Header(id: id))));

    [Fact]
    public async Task A_token_without_any_kid_or_with_a_number_is_refused()
    {
        var header = Issuer.Header();
        header.Remove("kid");
        Assert.Equal("token_key", await CauseAsync(Issuer.Rs256(Claims, header)));

        header["kid"] = 1;
        Assert.Equal("token_key", await CauseAsync(Issuer.Rs256(Claims, header)));
    }

    [Fact]
    public async Task A_header_that_brings_its_own_key_is_judged_by_ours()
    {
        using var own = RSA.Create(2048);
        var header = Issuer.Header();
        header["jwk"] = Issuer.RsaKey("r1", own);
        header["jku"] = "https://evil.example/keys";

        Assert.Equal(NoSignature, await CauseAsync(Issuer.Rs256(Claims, header, own)));
    }

    [Theory]
    [InlineData("crit", """["exp"]""")]
    [InlineData("crit", "[]")]
    [InlineData("b64", "false")]
    public async Task A_header_with_extensions_is_refused(string name, string value)
    {
        var header = Issuer.Header();
        header[name] = JsonNode.Parse(value);

        Assert.Equal("token_critical", await CauseAsync(Issuer.Rs256(Claims, header)));
    }

    [Fact]
    public async Task A_token_of_another_kind_is_refused()
    {
        var header = Issuer.Header();
        header["typ"] = "logout+jwt";

        Assert.Equal("token_algorithm", await CauseAsync(Issuer.Rs256(Claims, header)));
    }

    [Theory]
    [InlineData("exp", -30, "token_expired")]
    [InlineData("exp", -29, null)]
    [InlineData("nbf", 31, "token_not_yet")]
    [InlineData("nbf", 30, null)]
    public async Task Times_are_checked_with_the_configured_skew(string claim, int seconds, string? cause) =>
        Assert.Equal(cause, await CauseAsync(Issuer.Rs256(With((claim, _time.GetUtcNow().AddSeconds(seconds).ToUnixTimeSeconds())))));

    [Theory]
    [InlineData("exp", "\"2100-01-01\"", "token_expired")]
    [InlineData("exp", "\"4102444800\"", "token_expired")]
    [InlineData("exp", "1e300", "token_expired")]
    [InlineData("exp", "-1", "token_expired")]
    [InlineData("exp", "null", "token_expired")]
    [InlineData("exp", "[4102444800]", "token_expired")]
    [InlineData("nbf", "\"1\"", "token_not_yet")]
    [InlineData("iss", "\"https://issuer.example/\"", "token_issuer")]
    [InlineData("iss", "[\"https://issuer.example\"]", "token_issuer")]
    [InlineData("aud", "\"dispatcher2\"", "token_audience")]
    [InlineData("aud", "[]", "token_audience")]
    [InlineData("aud", "{\"dispatcher\":1}", "token_audience")]
    [InlineData("tenant", "\"\"", "token_tenant")]
    [InlineData("tenant", "[\"acme\"]", "token_tenant")]
    public async Task A_claim_that_is_wrong_is_refused(string claim, string value, string cause) =>
        Assert.Equal(cause, await CauseAsync(Issuer.Rs256(With((claim, JsonNode.Parse(value))))));

    [Theory]
    [InlineData("exp", "token_expired")]
    [InlineData("iss", "token_issuer")]
    [InlineData("aud", "token_audience")]
    [InlineData("tenant", "token_tenant")]
    public async Task A_claim_that_is_missing_is_refused(string claim, string cause) =>
        Assert.Equal(cause, await CauseAsync(Issuer.Rs256(Without(claim))));

    [Fact]
    public async Task A_name_that_is_there_twice_is_refused()
    {
        static byte[] Sign(byte[] data) => Issuer.Rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var (header, claims) = (Issuer.Header().ToJsonString(), Claims.ToJsonString());

        Assert.Equal("token_malformed", await CauseAsync(Issuer.Sign(header, claims[..^1] + ",\"tenant\":\"rival\"}", Sign)));
        Assert.Equal("token_malformed", await CauseAsync(Issuer.Sign(header, claims[..^1] + ",\"t\\u0065nant\":\"rival\"}", Sign)));
        Assert.Equal("token_malformed", await CauseAsync(Issuer.Sign(header[..^1] + ",\"alg\":\"RS256\"}", claims, Sign)));
        Assert.Equal("token_malformed", await CauseAsync(Issuer.Sign(header, "[]", Sign)));
        Assert.Equal("token_malformed", await CauseAsync(Issuer.Sign(header, "{", Sign)));
        Assert.Equal("token_tenant", await CauseAsync(Issuer.Sign(header, claims.Replace("\"acme\"", "\"\\ud800\"", StringComparison.Ordinal), Sign)));
    }

    [Fact]
    public async Task Whatever_is_cut_off_or_changed_it_is_no_token_any_more()
    {
        var token = Issuer.Rs256(Claims);
        for (var length = 0; length < token.Length; length += 7)
            Assert.Null((await VerifyAsync(token[..length])).Caller);

        for (var at = 0; at < token.Length; at += 5)
        {
            var other = token[at] == 'A' ? 'B' : 'A';
            Assert.Null((await VerifyAsync(token[..at] + other + token[(at + 1)..])).Caller);
        }
    }

    [Fact]
    public async Task There_is_one_way_to_write_a_token()
    {
        var token = Issuer.Es256(Claims); // 64 bytes: the last character has four bits that mean nothing
        var parts = token.Split('.');
        const string Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var stray = Digits[Digits.IndexOf(token[^1], StringComparison.Ordinal) + 1];
        string[] others =
        [
            token + "=", token + "==", token + "\n", " " + token, token[..^1] + stray, $"{parts[0]}=.{parts[1]}.{parts[2]}", $"{parts[0]}. {parts[1]}.{parts[2]}",
            $"{parts[0]}.{parts[1]}\t.{parts[2]}", token + ".", "." + token, $"{token}.{parts[2]}", token.Replace('_', '/').Replace('-', '+') + "/",
            $"{parts[0]}..{parts[2]}", "..", ".", "a.b.c",
        ];

        Assert.NotNull((await VerifyAsync(token)).Caller);
        foreach (var other in others)
            Assert.Equal("token_malformed", await CauseAsync(other));
    }

    [Fact]
    public async Task A_huge_token_is_not_looked_at() =>
        Assert.Equal("token_too_long", await CauseAsync(Issuer.Rs256(With(("filler", new string('x', Jwt.MaxLength))))));

    [Fact]
    public async Task A_key_that_is_too_short_is_none()
    {
        using var small = RSA.Create(1024);
        _verifier = Verifier(Issuer.Keys(Issuer.RsaKey("small", small)));

        Assert.Equal("token_key", await CauseAsync(Issuer.Rs256(Claims, Issuer.Header(id: "small"), small)));
    }

    [Fact]
    public async Task A_refusal_says_what_is_wrong_and_nothing_that_the_token_says()
    {
        var answer = await VerifyAsync(Issuer.Rs256(With(("iss", "https://secret.example"))));

        Assert.Equal((401, "unauthorized", "The token is not from the configured issuer."), (answer.Refusal!.Status, answer.Refusal.Type, answer.Refusal.Detail));
        Assert.Equal("Bearer realm=\"dispatcher\", error=\"invalid_token\"", answer.Refusal.Challenge);
    }

    private JsonObject With(params (string Name, JsonNode? Value)[] claims)
    {
        var all = Claims;
        foreach (var (name, value) in claims)
            all[name] = value;
        return all;
    }

    private JsonObject Without(string claim)
    {
        var all = Claims;
        all.Remove(claim);
        return all;
    }

    private async Task<string?> CauseAsync(string token)
    {
        var answer = await VerifyAsync(token);
        Assert.Equal(answer.Caller is null, answer.Refusal is not null);
        return answer.Caller is null ? answer.Cause : null;
    }

    private async Task<CallerAnswer> VerifyAsync(string token) => await (_verifier ??= Verifier(Issuer.Keys())).VerifyAsync(token);

    private JwtVerifier Verifier(string keys) => new(
        _options,
        new SigningKeys(
            () => Task.FromResult(KeySet.Read(Encoding.UTF8.GetBytes(keys))), null, _options.RefreshInterval, _time, () => 0, new AccessMetrics(_meters), NullLogger.Instance),
        _time);
}
