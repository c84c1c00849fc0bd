using System.Security.Cryptography.X509Certificates;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Microsoft.Extensions.Logging;
using static Dispatcher.Core.Tests.Providers.Samples;

namespace Dispatcher.Core.Tests.Providers.Apns;

/// <summary>Which credential goes over which connection, and to which host.</summary>
public sealed class ApnsConnectionTests : IAsyncLifetime
{
    private ApnsStage _stage = null!;

    public async Task InitializeAsync() => _stage = await ApnsStage.StartAsync();

    public async Task DisposeAsync() => await _stage.DisposeAsync();

    [Fact]
    public async Task A_certificate_s_connection_shows_it_and_sends_no_authorization()
    {
        using var certificate = Certificate("com.example.shop");
        using var provider = _stage.Provider(("shop-ios", _stage.WithCertificate(certificate)));

        Assert.Equal(OutcomeKind.Accepted, (await ApnsStage.SendAsync(provider, ApnsPush(Hello))).Kind);

        var seen = Assert.Single(_stage.Seen);
        Assert.Equal((null, certificate.Thumbprint), (seen.Authorization, seen.Certificate));
    }

    [Fact]
    public async Task Every_credential_has_connections_of_its_own()
    {
        using var one = Certificate("com.example.shop");
        using var two = Certificate("com.example.bank");
        using var provider = _stage.Provider(
            ("a", _stage.WithCertificate(one)),
            ("b", _stage.WithCertificate(two, "com.example.bank")),
            ("c", _stage.WithKey()),
            ("d", _stage.WithCertificate(one)));
        foreach (var app in (string[])["a", "b", "c", "d"])
            await ApnsStage.SendAsync(provider, ApnsPush(Hello) with { App = app });

        var seen = _stage.Seen.ToArray();
        Assert.Equal([one.Thumbprint, two.Thumbprint, null, one.Thumbprint], seen.Select(request => request.Certificate));
        Assert.Equal([false, false, true, false], seen.Select(request => request.Authorization is not null));
        Assert.Equal(3, seen.Select(request => request.Connection).Distinct().Count());
        Assert.Equal(seen[0].Connection, seen[3].Connection);
    }

    [Theory]
    [InlineData("com.example.bank", 100, "is not for 'com.example.shop' but for com.example.bank.")]
    [InlineData("com.example.shop", 0, "ended on 2026-09-21.")]
    public void A_certificate_that_is_of_no_use_stops_the_start(string topic, int days, string said)
    {
        using var certificate = AppleCertificates.Make(AcceptedAt.AddDays(days), [topic]);

        var e = Assert.Throws<InvalidAppException>(() => _stage.Provider(("shop-ios", _stage.WithCertificate(certificate))));

        Assert.StartsWith("App 'shop-ios': the certificate '", e.Message, StringComparison.Ordinal);
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_ends_later_is_our_fault_and_sends_nothing()
    {
        using var certificate = AppleCertificates.Make(AcceptedAt.AddHours(2), ["com.example.shop"]);
        using var provider = _stage.Provider(("shop-ios", _stage.WithCertificate(certificate)));
        await ApnsStage.SendAsync(provider, ApnsPush(Hello));
        Assert.Equal(["7200 shop-ios"], _stage.Metrics.Observe("dispatcher.credential.life_left"));
        Assert.True(Assert.Single(provider.Credentials).IsUsable);

        _stage.Time.Advance(TimeSpan.FromHours(2));
        for (var i = 0; i < 2; i++)
            Assert.Equal(new SendOutcome.Misconfigured { Reason = "CertificateExpired" }, await ApnsStage.SendAsync(provider, ApnsPush(Hello)));

        Assert.Single(_stage.Seen);
        Assert.Contains("The certificate of app shop-ios ended", Assert.Single(_stage.Loggers.Lines, line => line.Level > LogLevel.Debug).Message, StringComparison.Ordinal);
        var state = Assert.Single(provider.Credentials);
        Assert.Equal((false, AcceptedAt.AddHours(2)), (state.IsUsable, state.CertificateEnds));
    }

    [Fact]
    public async Task Production_and_sandbox_work_side_by_side_with_one_token()
    {
        await using var sandbox = await ApnsStage.StartAsync();
        var ca = Path.Combine(_stage.Folder, "both.pem");
        await File.WriteAllTextAsync(ca, await File.ReadAllTextAsync(_stage.Options().TrustedCaPath!) + "\n" + await File.ReadAllTextAsync(sandbox.Options().TrustedCaPath!));
        var options = new ApnsOptions { Endpoint = _stage.Options().Endpoint, SandboxEndpoint = sandbox.Options().Endpoint, TrustedCaPath = ca };
        using var provider = _stage.Provider(options, ("live", _stage.WithKey()), ("dev", _stage.WithKey(sandbox: true)));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            ApnsStage.SendAsync(provider, ApnsPush(Hello) with { App = i % 2 == 0 ? "live" : "dev" })));

        Assert.All(outcomes, outcome => Assert.Equal(OutcomeKind.Accepted, outcome.Kind));
        Assert.Equal((10, 10), (_stage.Seen.Count, sandbox.Seen.Count));
        Assert.Single(_stage.TokensSeen.Union(sandbox.TokensSeen));
    }

    [Theory]
    [InlineData(false, 443, false, "https://api.push.apple.com", "https://api.push.apple.com", "https://api-manage-broadcast.push.apple.com:2196")]
    [InlineData(true, 443, false, "https://api.sandbox.push.apple.com", "https://api.sandbox.push.apple.com", "https://api-manage-broadcast.sandbox.push.apple.com:2195")]
    [InlineData(false, 2197, true, "https://api.push.apple.com:2197", "https://api-broadcast.push.apple.com:2197", "https://api-manage-broadcast.push.apple.com:2196")]
    [InlineData(true, 2197, true, "https://api.sandbox.push.apple.com:2197", "https://api-broadcast.sandbox.push.apple.com:2197", "https://api-manage-broadcast.sandbox.push.apple.com:2195")]
    public void Apple_s_hosts_follow_environment_and_port(bool sandbox, int port, bool broadcastHosts, string devices, string broadcasts, string channels)
    {
        var options = new ApnsOptions { Port = port, BroadcastHosts = broadcastHosts };
        var destination = new ApnsDestination(ShopApp with { Sandbox = sandbox }, options);

        Assert.Equal(
            (new Uri(devices), new Uri(broadcasts), new Uri(channels)),
            (destination.Endpoint, destination.BroadcastEndpoint, options.ChannelsOf(sandbox)));
        Assert.Equal(("/4/broadcasts/apps/com.example.shop", "/1/apps/com.example.shop"), (destination.Broadcasts, destination.Channels));
    }

    [Fact]
    public void One_endpoint_is_for_both_environments()
    {
        var destination = new ApnsDestination(ShopApp with { Sandbox = true }, new() { Endpoint = new("https://proxy.example:8443"), Port = 2197 });

        Assert.Equal(new Uri("https://proxy.example:8443"), destination.Endpoint);
    }

    [Fact]
    public async Task A_broadcast_arrives_and_brings_its_id_back()
    {
        _stage.Answer = (seen, context) =>
        {
            context.Response.Headers["apns-request-id"] = seen.Headers["apns-request-id"];
            return (200, "");
        };
        using var provider = _stage.Provider(("shop-ios", _stage.WithKey()));
        var push = ApnsPush() with
        {
            Target = Target.Channel("dHN0LXNyY2gtY2hubA=="),
            Apns = new() { Payload = Json("""{"aps":{"timestamp":1,"event":"update","content-state":{"s":1}}}""") },
        };

        var outcome = await ApnsStage.SendAsync(provider, push);

        Assert.Equal(new SendOutcome.Accepted(push.Id.ToString()) { Status = 200 }, outcome);
        var seen = Assert.Single(_stage.Seen);
        Assert.Equal(("/4/broadcasts/apps/com.example.shop", """{"aps":{"timestamp":1,"event":"update","content-state":{"s":1}}}"""), (seen.Path, seen.Body));
    }

    [Fact]
    public async Task The_wait_after_a_5xx_is_an_option()
    {
        _stage.Answer = (_, _) => (500, """{"reason":"InternalServerError"}""");
        var options = _stage.Options();
        options.ServerErrorDelay = TimeSpan.FromMinutes(15);
        using var usual = _stage.Provider(("shop-ios", _stage.WithKey()));
        using var patient = _stage.Provider(options, ("shop-ios", _stage.WithKey()));

        Assert.Null((await ApnsStage.SendAsync(usual, ApnsPush(Hello))).RetryAfter);
        Assert.Equal(TimeSpan.FromMinutes(15), (await ApnsStage.SendAsync(patient, ApnsPush(Hello))).RetryAfter);
    }

    private static X509Certificate2 Certificate(params string[] topics) => AppleCertificates.Make(AcceptedAt.AddDays(100), topics);
}
