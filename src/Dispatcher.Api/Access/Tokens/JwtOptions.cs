using Dispatcher.Core.Configuration;

namespace Dispatcher.Api.Access.Tokens;

/// <summary>Tokens of an identity provider: the section <c>Access:Jwt</c>.</summary>
[Live]
internal sealed record JwtOptions
{
    /// <summary>Required: what <c>iss</c> must be, to the letter.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>Required: what <c>aud</c> must be or have among others, to the letter.</summary>
    public string Audience { get; set; } = "";

    /// <summary>Where the provider publishes its keys (JWKS): https, or http on this machine. This or <see cref="KeysPath"/>.</summary>
    public string? KeysUrl { get; set; }

    /// <summary>A file with the keys (JWKS).</summary>
    public string? KeysPath { get; set; }

    /// <summary>The claim that names the tenant. Default: <c>tenant</c>.</summary>
    public string TenantClaim { get; set; } = "tenant";

    /// <summary>The claim that has the scopes, words separated by spaces or an array of them. Default: <c>scope</c>.</summary>
    public string ScopeClaim { get; set; } = "scope";

    /// <summary>By how much clocks may differ when <c>exp</c> and <c>nbf</c> are checked; 0 to 5 min. Default: 30 s.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the keys are fetched; 1 min to 1 day. Default: 15 min.</summary>
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>What is wrong with the options; empty when nothing is.</summary>
    public IEnumerable<string> Validate()
    {
        if (string.IsNullOrWhiteSpace(Issuer))
            yield return "Access:Jwt:Issuer is missing.";
        if (string.IsNullOrWhiteSpace(Audience))
            yield return "Access:Jwt:Audience is missing: without one, tokens meant for other services would be taken.";
        if (KeysUrl is null == KeysPath is null)
            yield return "Access:Jwt needs either KeysUrl or KeysPath.";
        if (KeysUrl is not null && !IsSafe(KeysUrl))
            yield return $"Access:Jwt:KeysUrl '{KeysUrl}' must be an https URL, or http on this machine: who can change the keys on their way can be anybody.";
        if (KeysPath is not null && !File.Exists(KeysPath))
            yield return $"Access:Jwt:KeysPath '{KeysPath}' does not exist.";
        if (string.IsNullOrWhiteSpace(TenantClaim))
            yield return "Access:Jwt:TenantClaim must not be empty.";
        if (string.IsNullOrWhiteSpace(ScopeClaim))
            yield return "Access:Jwt:ScopeClaim must not be empty.";
        if (ClockSkew < TimeSpan.Zero || ClockSkew > TimeSpan.FromMinutes(5))
            yield return $"Access:Jwt:ClockSkew {ClockSkew} must be 0 to 5 minutes.";
        if (RefreshInterval < TimeSpan.FromMinutes(1) || RefreshInterval > TimeSpan.FromDays(1))
            yield return $"Access:Jwt:RefreshInterval {RefreshInterval} must be 1 minute to 1 day.";
    }

    private static bool IsSafe(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)) && uri.UserInfo.Length == 0;
}
