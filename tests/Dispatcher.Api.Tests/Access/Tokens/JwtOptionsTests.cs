using Dispatcher.Api.Access;
using Dispatcher.Api.Access.Tokens;

namespace Dispatcher.Api.Tests.Access.Tokens;

public sealed class JwtOptionsTests
{
    private readonly JwtOptions _options = new() { Issuer = "i", Audience = "a", KeysUrl = "https://issuer.example/keys" };

    [Theory]
    [InlineData("https://issuer.example/keys")]
    [InlineData("http://127.0.0.1:8080/keys")]
    [InlineData("http://localhost/keys")]
    public void Keys_come_over_https_or_from_this_machine(string url)
    {
        _options.KeysUrl = url;

        Assert.Empty(_options.Validate());
    }

    [Theory]
    [InlineData("http://issuer.example/keys")]
    [InlineData("http://127.0.0.1.evil.example/keys")]
    [InlineData("https://user:password@issuer.example/keys")]
    [InlineData("ftp://127.0.0.1/keys")]
    [InlineData("file:///etc/keys")]
    [InlineData("/keys")]
    public void Keys_that_could_be_changed_on_their_way_are_not_taken(string url)
    {
        _options.KeysUrl = url;

        Assert.StartsWith($"Access:Jwt:KeysUrl '{url}' must be an https URL", Assert.Single(_options.Validate()), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_needed_is_named() => Assert.Equal(
        [
            "Access:Jwt:Issuer is missing.", "Access:Jwt:Audience is missing: without one, tokens meant for other services would be taken.",
            "Access:Jwt needs either KeysUrl or KeysPath.",
        ],
        new AccessOptions { Jwt = new() }.Validate());

    [Theory]
    [InlineData(-1, 15, "Access:Jwt:ClockSkew -00:00:01 must be 0 to 5 minutes.")]
    [InlineData(301, 15, "Access:Jwt:ClockSkew 00:05:01 must be 0 to 5 minutes.")]
    [InlineData(0, 0, "Access:Jwt:RefreshInterval 00:00:00 must be 1 minute to 1 day.")]
    [InlineData(300, 1441, "Access:Jwt:RefreshInterval 1.00:01:00 must be 1 minute to 1 day.")]
    public void Times_have_their_range(int skewSeconds, int refreshMinutes, string problem)
    {
        (_options.ClockSkew, _options.RefreshInterval) = (TimeSpan.FromSeconds(skewSeconds), TimeSpan.FromMinutes(refreshMinutes));

        Assert.Equal([problem], _options.Validate());
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(300, 1440)]
    public void Its_edges_belong_to_it(int skewSeconds, int refreshMinutes)
    {
        (_options.ClockSkew, _options.RefreshInterval) = (TimeSpan.FromSeconds(skewSeconds), TimeSpan.FromMinutes(refreshMinutes));

        Assert.Empty(_options.Validate());
    }
}
