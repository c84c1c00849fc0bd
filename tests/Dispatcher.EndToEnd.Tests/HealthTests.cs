using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Dispatcher.Chaos.Stage;
using Dispatcher.EndToEnd.Tests.Stage;

namespace Dispatcher.EndToEnd.Tests;

/// <summary>What the processes say of themselves.</summary>
public sealed class HealthTests
{
    private const string Wrong = "wrong-ios";

    private static readonly HttpMessageInvoker Http = new(new SocketsHttpHandler());

    [Fact]
    public async Task An_app_with_a_wrong_key_is_a_warning_that_names_it_and_the_worker_stays_ready()
    {
        await using var deployment = await Deployment.StartAsync(new() { Workers = 1 });
        var worker = await Deployment.AddressAsync(deployment.Worker(0));
        await AddWrongAppAsync(deployment);
        var (_, healthy) = await GetAsync(worker, "/health");

        var good = await deployment.Api.PushAsync([(Deployment.Ios, Load.Token(Deployment.Ios)), (Deployment.Android, Load.Token(Deployment.Android))]);
        var bad = Assert.Single(await deployment.Api.PushAsync([(Wrong, Load.Token(Deployment.Ios))]));
        await deployment.Ledger.SettledAsync(good);
        await Patience.UntilAsync(
            async () => Credential((await GetAsync(worker, "/health")).Body, Wrong).GetProperty("status").GetString() == "warn", () => "no warning");
        var (status, health) = await GetAsync(worker, "/health");

        Assert.Equal("pass", healthy.GetProperty("status").GetString());
        Assert.Equal((HttpStatusCode.OK, "warn"), (status, health.GetProperty("status").GetString()));
        Assert.StartsWith("dispatcher-worker/", health.GetProperty("serviceId").GetString(), StringComparison.Ordinal);
        var wrong = Credential(health, Wrong);
        Assert.Equal(("open", "AppParked"), (wrong.GetProperty("breaker").GetString(), wrong.GetProperty("pausedReason").GetString()));
        Assert.Equal("its pushes rest (AppParked: InvalidProviderToken)", wrong.GetProperty("output").GetString());
        Assert.False(wrong.TryGetProperty("sinceLastSuccess", out _));
        foreach (var app in new[] { Deployment.Ios, Deployment.Android })
        {
            var credential = Credential(health, app);
            Assert.Equal(("pass", "closed"), (credential.GetProperty("status").GetString(), credential.GetProperty("breaker").GetString()));
            Assert.InRange(credential.GetProperty("sinceLastSuccess").GetDouble(), 0, Patience.Limit.TotalSeconds);
            Assert.InRange(credential.GetProperty("tokenAge").GetDouble(), 0, Patience.Limit.TotalSeconds);
        }

        Assert.True(Credential(health, Deployment.Ios).TryGetProperty("clockSkew", out _));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(worker, "/health/ready")).Status);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(worker, "/health/live")).Status);
        Assert.Empty(deployment.Ledger.Of(bad));
        Assert.Empty(deployment.Ledger.DeadLetters);
    }

    [Fact]
    public async Task Without_Kafka_a_worker_is_not_ready_and_lives()
    {
        await using var deployment = await Deployment.StartAsync(new() { Workers = 1 });
        var worker = await Deployment.AddressAsync(deployment.Worker(0));

        await deployment.Simulator.KafkaDownAsync();
        await Patience.UntilAsync(async () => (await GetAsync(worker, "/health/ready")).Status == HttpStatusCode.ServiceUnavailable, () => "it is ready");
        var (status, health) = await GetAsync(worker, "/health");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "fail"), (status, health.GetProperty("status").GetString()));
        Assert.Equal("fail", health.GetProperty("checks").GetProperty("kafka:connectivity")[0].GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(worker, "/health/live")).Status);
    }

    private static JsonElement Credential(JsonElement health, string app) =>
        health.GetProperty("checks").GetProperty("app:credential").EnumerateArray().Single(check => check.GetProperty("componentId").GetString() == app);

    /// <summary>A key that Apple has never seen.</summary>
    private static async Task AddWrongAppAsync(Deployment deployment)
    {
        var path = Path.Combine(deployment.AppsFolder, "wrong.p8");
        using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
            await File.WriteAllTextAsync(path, key.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync(Path.Combine(deployment.AppsFolder, $"{Wrong}.json"), JsonSerializer.Serialize(new
        {
            provider = "apns",
            tenant = "shop",
            bundleId = deployment.Simulator["apnsBundleId"],
            teamId = deployment.Simulator["apnsTeamId"],
            keyId = deployment.Simulator["apnsKeyId"],
            keyPath = path,
        }));
        await deployment.ApiProgram.SaysAsync($"App {Wrong} is in force");
        await deployment.Worker(0).SaysAsync($"App {Wrong} is in force");
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(Uri address, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, path));
        using var response = await Http.SendAsync(request, CancellationToken.None).WaitAsync(Patience.Limit);
        var body = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, response.Content.Headers.ContentType?.MediaType == "application/health+json" ? JsonElement.Parse(body) : default);
    }
}
