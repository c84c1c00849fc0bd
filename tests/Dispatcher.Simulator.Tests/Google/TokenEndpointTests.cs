using System.Security.Cryptography;
using System.Text.Json;
using Dispatcher.Simulator.Tests.Wire;

namespace Dispatcher.Simulator.Tests.Google;

public sealed class TokenEndpointTests(SimulatorFixture fixture) : IClassFixture<SimulatorFixture>
{
    private const string MessagingScope = "https://www.googleapis.com/auth/firebase.messaging";

    [Fact]
    public async Task A_good_assertion_buys_a_token_that_opens_fcm()
    {
        var answer = await AskAsync(Assertion());

        Assert.Equal((200, "Bearer", 3599), (answer.Status, answer.Json.GetProperty("token_type").GetString(), answer.Json.GetProperty("expires_in").GetInt32()));
        var push = new FcmPush { Authorization = $"Bearer {answer.Json.GetProperty("access_token").GetString()}" };
        Assert.Equal(200, (await push.SendAsync(fixture)).Status);
    }

    [Fact]
    public async Task One_scope_of_several_is_enough() =>
        Assert.Equal(200, (await AskAsync(Assertion(scope: $"openid {MessagingScope}"))).Status);

    [Fact]
    public async Task Googles_own_audience_is_as_good_as_the_url_that_was_posted_to() =>
        Assert.Equal(200, (await AskAsync(Assertion(audience: "https://oauth2.googleapis.com/token"))).Status);

    [Fact]
    public async Task A_foreign_key_is_refused()
    {
        using var stranger = RSA.Create(2048);

        await AssertRefusedAsync(Assertion(key: stranger), "invalid_grant", "Invalid JWT Signature.");
    }

    [Fact]
    public Task Another_key_id_is_refused() => AssertRefusedAsync(Assertion(kid: "0123456789"), "invalid_grant", "Invalid JWT Signature.");

    [Fact]
    public Task Another_algorithm_is_refused() => AssertRefusedAsync(Assertion(alg: "none"), "invalid_grant", "Invalid JWT Signature.");

    [Fact]
    public Task An_unknown_account_is_refused() =>
        AssertRefusedAsync(Assertion(issuer: "stranger@example.com"), "invalid_grant", "Invalid grant: account not found");

    [Fact]
    public Task Another_audience_is_refused() =>
        AssertRefusedAsync(Assertion(audience: "https://example.com/token"), "invalid_grant", "Invalid JWT: Failed audience check.");

    [Theory]
    [InlineData(-120, -60)]
    [InlineData(60, 120)]
    [InlineData(0, 61)]
    [InlineData(0, 0)]
    [InlineData(0, -1)]
    public async Task An_assertion_outside_its_hour_is_refused(int issuedInMinutes, int expiresInMinutes)
    {
        var answer = await AskAsync(Assertion(issuedIn: TimeSpan.FromMinutes(issuedInMinutes), expiresIn: TimeSpan.FromMinutes(expiresInMinutes)));

        Assert.Equal((400, "invalid_grant"), (answer.Status, answer.Json.GetProperty("error").GetString()));
        Assert.Contains("short-lived", answer.Json.GetProperty("error_description").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("https://www.googleapis.com/auth/drive")]
    public async Task Another_scope_is_refused(string scope) =>
        Assert.Equal("invalid_scope", (await AskAsync(Assertion(scope: scope))).Json.GetProperty("error").GetString());

    [Theory]
    [InlineData("not.a.jwt")]
    [InlineData("")]
    public async Task What_is_no_assertion_is_refused(string assertion) =>
        Assert.Equal("invalid_grant", (await AskAsync(assertion)).Json.GetProperty("error").GetString());

    [Fact]
    public async Task Another_grant_type_is_refused() =>
        Assert.Equal("unsupported_grant_type", (await AskAsync(Assertion(), "refresh_token")).Json.GetProperty("error").GetString());

    [Fact]
    public async Task A_body_that_is_no_form_is_refused()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, fixture.Manifest.Token) { Content = new StringContent("{}") };

        Assert.Equal("invalid_request", (await fixture.SendAsync(request)).Json.GetProperty("error").GetString());
    }

    [Fact]
    public void The_credential_file_is_what_the_console_hands_out()
    {
        var file = JsonElement.Parse(File.ReadAllText(fixture.Manifest.FcmCredentialsPath!));

        Assert.Equal("service_account", file.GetProperty("type").GetString());
        Assert.Equal("demo-shop", file.GetProperty("project_id").GetString());
        Assert.Equal(fixture.Manifest.Token, file.GetProperty("token_uri").GetString());
        using var key = RSA.Create();
        key.ImportFromPem(file.GetProperty("private_key").GetString());
        Assert.Equal(fixture.Providers.ServiceAccount.Key.ExportRSAPublicKey(), key.ExportRSAPublicKey());
    }

    private async Task AssertRefusedAsync(string assertion, string error, string description)
    {
        var answer = await AskAsync(assertion);

        Assert.Equal(400, answer.Status);
        Assert.Equal((error, description), (answer.Json.GetProperty("error").GetString(), answer.Json.GetProperty("error_description").GetString()));
    }

    private Task<Answer> AskAsync(string assertion, string grantType = "urn:ietf:params:oauth:grant-type:jwt-bearer") =>
        fixture.SendAsync(new HttpRequestMessage(HttpMethod.Post, fixture.Manifest.Token)
        {
            Content = new FormUrlEncodedContent([new("grant_type", grantType), new("assertion", assertion)]),
        });

    private string Assertion(
        string? issuer = null, string? audience = null, string scope = MessagingScope, string? kid = null, string alg = "RS256",
        TimeSpan issuedIn = default, TimeSpan? expiresIn = null, RSA? key = null)
    {
        var account = fixture.Providers.ServiceAccount;
        var now = fixture.Time.GetUtcNow();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = issuer ?? account.Email,
            ["aud"] = audience ?? fixture.Manifest.Token!,
            ["scope"] = scope,
            ["iat"] = (now + issuedIn).ToUnixTimeSeconds(),
            ["exp"] = (now + (expiresIn ?? TimeSpan.FromHours(1))).ToUnixTimeSeconds(),
        };
        return Tokens.Rs256(
            key ?? account.Key, $$"""{"alg":"{{alg}}","typ":"JWT","kid":"{{kid ?? account.PrivateKeyId}}"}""", JsonSerializer.Serialize(claims));
    }
}
