namespace Dispatcher.Api.Tests.Limits;

/// <summary>An API whose tenant <c>acme</c> may have little; <c>rival</c> has the defaults.</summary>
public sealed class LimitTests : IAsyncLifetime
{
    private const string Push = """{"to":{"app":"shop-android","token":"f:A"},"data":{"k":"v"}}""";

    private ApiProcess _api = null!;

    public async Task InitializeAsync() => _api = await ApiProcess.StartAsync(
        ("TenantDefaults:MaxConcurrentRequests", "1"), ("Tenants:acme:PushesPerSecond", "1"), ("Tenants:acme:MaxTargets", "5"), ("Tenants:acme:Burst", "6"),
        ("Tenants:acme:MaxRequestBytes", "2000"));

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task A_request_beyond_the_rate_is_refused_whole_with_the_time_to_wait()
    {
        Assert.Equal(202, (await _api.PushAsync(Targets(5))).Status);

        var refused = await _api.PushAsync(Targets(5));

        Assert.Equal((429, "rate-exceeded"), (refused.Status, refused.Problem));
        Assert.InRange(int.Parse(refused.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture), 1, 4);
        Assert.Equal("\"pushes\";q=6;w=6", refused.Headers["RateLimit-Policy"]);
        Assert.Matches("^\"pushes\";r=[0-4];t=[1-5]$", refused.Headers["RateLimit"]);
        Assert.Equal(5, _api.Kafka.Count());
    }

    [Fact]
    public async Task What_is_wrong_costs_nothing_and_what_is_right_says_what_is_left()
    {
        for (var i = 0; i < 20; i++)
            Assert.Equal(400, (await _api.PushAsync("""{"to":{"app":"shop-android","token":"f:A"}}""")).Status);

        var accepted = await _api.PushAsync(Targets(5));
        Assert.Equal((202, "\"pushes\";q=6;w=6"), (accepted.Status, accepted.Headers["RateLimit-Policy"]));
    }

    [Fact]
    public async Task Targets_and_bytes_have_the_tenant_s_bounds()
    {
        var targets = await _api.PushAsync(Targets(6));
        var bytes = await _api.PushAsync(Push.Replace("\"v\"", $"\"{new string('v', 2000)}\"", StringComparison.Ordinal));

        Assert.Equal((400, "#/to"), (targets.Status, Assert.Single(targets.Errors).Pointer));
        Assert.Equal((413, "too-large"), (bytes.Status, bytes.Problem));
        Assert.Equal("A request of yours may have 2,000 bytes; split its targets over several.", bytes.Json.GetProperty("detail").GetString());
        Assert.Equal(0, _api.Kafka.Count());
    }

    [Fact]
    public async Task A_body_that_does_not_say_its_length_has_the_same_bound()
    {
        using var connection = await RawConnection.OpenAsync(_api.Address);
        await connection.SendHeadAsync("Transfer-Encoding: chunked");
        await connection.SendAsync($"bb8\r\n{new string(' ', 3000)}\r\n0\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 413", await connection.ReadUntilAsync("\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_request_too_many_under_way_is_refused_and_another_tenant_does_not_notice()
    {
        using var connection = await RawConnection.OpenAsync(_api.Address);
        await connection.SendAsync(
            $"POST /push HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ApiProcess.RivalKey}\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 100", await connection.ReadUntilAsync("\r\n\r\n"), StringComparison.Ordinal); // it is being handled

        var refused = await _api.PushAsync("{}", ApiProcess.RivalKey);
        var other = await _api.PushAsync(Push);
        await connection.SendAsync("{}");
        Assert.StartsWith("HTTP/1.1 400", await connection.ReadUntilAsync("\r\n"), StringComparison.Ordinal);

        Assert.Equal((429, "too-many-requests", "1"), (refused.Status, refused.Problem, refused.Headers["Retry-After"]));
        Assert.Equal(202, other.Status);
    }

    private static string Targets(int count)
    {
        var targets = Enumerable.Range(0, count).Select(n => $$"""{ "app": "shop-android", "token": "f:A{{n}}" }""");
        return $$"""{ "to": [ {{string.Join(',', targets)}} ], "data": { "k": "v" } }""";
    }
}
