using System.Security.Cryptography;

namespace Dispatcher.Simulator.Google;

/// <summary>
/// <c>POST /token</c>: a signed assertion for an access token. Source: Google, "Using OAuth 2.0 for Server to Server Applications".
/// </summary>
internal sealed class TokenEndpoint(IReadOnlyList<ServiceAccount> accounts, AccessTokens accessTokens, TimeProvider time)
{
    public const string Path = "/token";

    private const string GrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private const string MessagingScope = "https://www.googleapis.com/auth/firebase.messaging";
    private const string PlatformScope = "https://www.googleapis.com/auth/cloud-platform";

    // What Google's own libraries name as the audience, wherever the credential file makes them post to.
    private const string GoogleAudience = "https://oauth2.googleapis.com/token";

    private const string NotShortLived =
        "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.";

    private static readonly TimeSpan MaxLifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    public async Task HandleAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        if (!HttpMethods.IsPost(request.Method))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        // The audience is the URL that the client posts to, by whatever name it knows this server.
        var (account, refusal) = await ReadAsync(request, $"{request.Scheme}://{request.Host}{Path}");
        if (refusal is not null)
        {
            response.StatusCode = StatusCodes.Status400BadRequest;
            await response.WriteAsJsonAsync(refusal, GoogleJson.Default.TokenRefusal);
            return;
        }

        // Google rounds down.
        var grant = new TokenGrant(accessTokens.Issue(account!.ProjectId), (int)AccessTokens.Lifetime.TotalSeconds - 1, "Bearer");
        await response.WriteAsJsonAsync(grant, GoogleJson.Default.TokenGrant);
    }

    private async Task<(ServiceAccount? Account, TokenRefusal? Refusal)> ReadAsync(HttpRequest request, string audience)
    {
        if (!request.HasFormContentType)
            return (null, new TokenRefusal("invalid_request", "The body must be application/x-www-form-urlencoded."));

        var form = await request.ReadFormAsync();
        if (form["grant_type"] != GrantType)
            return (null, new TokenRefusal("unsupported_grant_type", $"Invalid grant_type: {form["grant_type"]}"));
        if (Jwt.Parse(form["assertion"].ToString()) is not { } assertion)
            return (null, new TokenRefusal("invalid_grant", "Bad Request"));

        var account = accounts.FirstOrDefault(account => account.Email == assertion.ClaimText("iss"));
        return account is null
            ? (null, new TokenRefusal("invalid_grant", "Invalid grant: account not found"))
            : (account, Judge(account, assertion, audience, time.GetUtcNow()));
    }

    private static TokenRefusal? Judge(ServiceAccount account, Jwt assertion, string audience, DateTimeOffset now)
    {
        if (assertion.HeaderText("alg") != "RS256" || assertion.HeaderText("kid") is { } kid && kid != account.PrivateKeyId
            || !account.Key.VerifyData(assertion.Signed, assertion.Signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
            return new TokenRefusal("invalid_grant", "Invalid JWT Signature.");
        if (assertion.ClaimText("aud") is var claimed && claimed != audience && claimed != GoogleAudience)
            return new TokenRefusal("invalid_grant", "Invalid JWT: Failed audience check.");
        if (!IsShortLived(assertion, now))
            return new TokenRefusal("invalid_grant", NotShortLived);

        var scopes = (assertion.ClaimText("scope") ?? "").Split(' ');
        return scopes.Contains(MessagingScope) || scopes.Contains(PlatformScope)
            ? null
            : new TokenRefusal("invalid_scope", "Invalid OAuth scope or ID token audience provided.");
    }

    private static bool IsShortLived(Jwt assertion, DateTimeOffset now) =>
        assertion.ClaimTime("iat") is { } issuedAt && assertion.ClaimTime("exp") is { } expiresAt
        && issuedAt <= now + ClockSkew && expiresAt > now - ClockSkew && expiresAt > issuedAt && expiresAt - issuedAt <= MaxLifetime;
}
