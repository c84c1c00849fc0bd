using System.Text;
using System.Text.Json;
using Dispatcher.Core.Pushes;
using Dispatcher.Simulator;

namespace Dispatcher.Api.Tests.Channels;

/// <summary>The broadcast channels of an app, through the API and against the simulator.</summary>
public sealed class ChannelTests(ChannelTests.Stage stage) : IClassFixture<ChannelTests.Stage>
{
    private const string Channels = "/apps/shop-ios/channels";
    private const string Update = "\"apns\":{\"payload\":{\"aps\":{\"timestamp\":1790000000,\"event\":\"update\",\"content-state\":{\"score\":\"1:0\"}}}}";

    [Fact]
    public async Task A_channel_is_made_read_listed_and_deleted()
    {
        var made = await stage.SendAsync(HttpMethod.Post, Channels, """{"storage":"mostRecent"}""");

        Assert.Equal(201, made.Status);
        var id = made.Json.GetProperty("id").GetString()!;
        var at = made.Headers["Location"];
        Assert.Equal($"{Channels}/{Uri.EscapeDataString(id)}", at);
        foreach (var path in (string[])[at, $"{Channels}/{id}"]) // escaped or not: base64 has slashes
        {
            var read = await stage.SendAsync(HttpMethod.Get, path);
            Assert.Equal((200, $$"""{"id":{{JsonSerializer.Serialize(id)}},"storage":"mostRecent"}"""), (read.Status, read.Body));
        }

        Assert.Contains(id, (await stage.SendAsync(HttpMethod.Get, Channels)).Json.GetProperty("channels").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal((204, ""), await StatusAndBodyAsync(HttpMethod.Delete, at));
        Assert.Equal((404, "no-such-channel"), await ProblemAsync(HttpMethod.Get, at));
        Assert.Equal((404, "no-such-channel"), await ProblemAsync(HttpMethod.Delete, at));
    }

    [Fact]
    public async Task Without_a_body_a_channel_stores_nothing()
    {
        var made = await stage.SendAsync(HttpMethod.Post, Channels);

        Assert.Equal((201, "none"), (made.Status, made.Json.GetProperty("storage").GetString()));
    }

    [Fact]
    public async Task A_push_to_a_channel_goes_through_kafka_like_any_other()
    {
        var id = (await stage.SendAsync(HttpMethod.Post, Channels)).Json.GetProperty("id").GetString()!;

        var answer = await stage.Api.PushAsync($$"""{"to":[{"app":"shop-ios","channel":"{{id}}"}],{{Update}}}""");

        Assert.Equal(202, answer.Status);
        var push = Assert.Single(stage.Api.Kafka.Read(new Lane(Provider.Apns, PushClass.Urgent)), push => push.Id == answer.PushIds[0]);
        Assert.Equal(Target.Channel(id), push.Target);
    }

    [Theory]
    [InlineData("{\"to\":{\"app\":\"shop-ios\",\"channel\":\"dHN0\"},\"notification\":{\"title\":\"Hi\"}}", "#/apns/payload/aps/timestamp")]
    [InlineData("{\"to\":{\"app\":\"shop-ios\",\"channel\":\"\"}," + Update + "}", "#/to/channel")]
    [InlineData("{\"to\":{\"app\":\"shop-ios\",\"channel\":\"not base64!\"}," + Update + "}", "#/to/channel")]
    [InlineData("{\"to\":{\"app\":\"shop-ios\",\"channel\":7}," + Update + "}", "#/to/channel")]
    [InlineData("{\"to\":{\"app\":\"shop-ios\",\"channel\":\"dHN0\",\"token\":\"7f3a\"}," + Update + "}", "#/to/token")]
    [InlineData("{\"to\":{\"app\":\"shop-android\",\"channel\":\"dHN0\"},\"notification\":{\"title\":\"Hi\"}}", "#/to/channel")]
    [InlineData("{\"to\":{\"app\":\"shop-ios\",\"channel\":\"dHN0\"},\"apns\":{\"expiration\":\"none\",\"payload\":{\"aps\":{\"timestamp\":1,\"event\":\"end\"}}}}", "#/apns/expiration")]
    public async Task A_broadcast_that_apns_would_refuse_is_pointed_at(string body, string at)
    {
        var answer = await stage.Api.PushAsync(body);

        Assert.Equal((400, "invalid-request"), (answer.Status, answer.Problem));
        Assert.Contains(at, answer.Errors.Select(error => error.Pointer));
    }

    [Theory]
    [InlineData("[]", "#")]
    [InlineData("""{"storage":"all"}""", "#/storage")]
    [InlineData("""{"storage":1}""", "#/storage")]
    [InlineData("""{"keep":"none"}""", "#/keep")]
    public async Task A_body_that_makes_no_channel_is_pointed_at(string body, string at)
    {
        var answer = await stage.SendAsync(HttpMethod.Post, Channels, body);

        Assert.Equal((400, "invalid-request"), (answer.Status, answer.Problem));
        Assert.Equal(at, Assert.Single(answer.Errors).Pointer);
    }

    [Fact]
    public async Task A_body_that_is_no_json_or_too_large_is_refused()
    {
        Assert.Equal((400, "malformed-json"), await ProblemAsync(HttpMethod.Post, Channels, "{"));
        Assert.Equal((413, "too-large"), await ProblemAsync(HttpMethod.Post, Channels, $$"""{"storage":"{{new string('x', 5000)}}"}"""));
        Assert.Equal(
            415,
            (await stage.Api.SendAsync(HttpMethod.Post, Channels, ApiProcess.Key, "text/plain", "{}"u8.ToArray())).Status);
    }

    [Theory]
    [InlineData("/apps/nowhere/channels")]
    [InlineData("/apps/rival-ios/channels")]
    [InlineData("/apps/shop-android/channels")]
    public async Task An_app_that_is_unknown_another_tenant_s_or_not_apns_does_not_exist(string path)
    {
        Assert.Equal((404, "no-such-app"), await ProblemAsync(HttpMethod.Get, path));
        Assert.Equal((404, "no-such-app"), await ProblemAsync(HttpMethod.Post, path));
        Assert.Equal((404, "no-such-app"), await ProblemAsync(HttpMethod.Delete, $"{path}/dHN0"));
    }

    [Fact]
    public async Task A_key_is_needed()
    {
        var answer = await stage.Api.SendAsync(HttpMethod.Get, Channels);

        Assert.Equal((401, "unauthorized"), (answer.Status, answer.Problem));
        Assert.Equal("Bearer realm=\"dispatcher\"", answer.Headers["WWW-Authenticate"]);
    }

    [Fact]
    public async Task A_credential_that_cannot_be_used_is_ours_to_repair_and_says_no_paths()
    {
        var answer = await stage.Api.SendAsync(HttpMethod.Get, "/apps/rival-ios/channels", ApiProcess.RivalKey);

        Assert.Equal((500, "app-misconfigured"), (answer.Status, answer.Problem));
        Assert.DoesNotContain(".p8", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "CannotCreateChannelConfig", 409, "too-many-channels")]
    [InlineData(400, "BroadcastFeatureNotEnabled", 502, "provider-refused")]
    [InlineData(403, "InvalidProviderToken", 502, "provider-refused")]
    [InlineData(429, "TooManyRequests", 503, "provider-unavailable")]
    [InlineData(503, "ServiceUnavailable", 503, "provider-unavailable")]
    public async Task What_apns_answers_is_passed_on_as_a_problem(int status, string reason, int answered, string type)
    {
        stage.World.Providers!.ApnsFaults.Set(new() { Status = status, Reason = reason });
        var answer = await stage.SendAsync(HttpMethod.Post, Channels);
        stage.World.Providers.ApnsFaults.Clear();

        Assert.Equal((answered, type, "application/problem+json"), (answer.Status, answer.Problem, answer.ContentType));
        if (answered != 409)
            Assert.StartsWith(reason, answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(answered == 503, answer.Headers.ContainsKey("Retry-After"));
    }

    private async Task<(int Status, string Body)> StatusAndBodyAsync(HttpMethod method, string path)
    {
        var answer = await stage.SendAsync(method, path);
        return (answer.Status, answer.Body);
    }

    private async Task<(int Status, string? Problem)> ProblemAsync(HttpMethod method, string path, string? body = null)
    {
        var answer = await stage.SendAsync(method, path, body);
        return (answer.Status, answer.Problem);
    }

    /// <summary>The API, with the simulator as its APNs.</summary>
    public sealed class Stage : IAsyncLifetime
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("channel-tests-");

        public ApiProcess Api { get; private set; } = null!;

        public OutsideWorld World { get; private set; } = null!;

#pragma warning disable RS0030 // the API runs on real time
        private static TimeProvider Time => TimeProvider.System;
#pragma warning restore RS0030

        public async Task InitializeAsync()
        {
            World = await OutsideWorld.StartAsync(new SimulatorOptions { Directory = _folder.FullName, WithKafka = false }, Time, () => 0.5);
            var manifest = World.Manifest;
            Api = await ApiProcess.StartAsync(
                ("Apns:ChannelsEndpoint", manifest.Apns!),
                ("Apns:TrustedCaPath", manifest.CaPath!),
                ("Apps:shop-ios:BundleId", manifest.ApnsBundleId!),
                ("Apps:shop-ios:TeamId", manifest.ApnsTeamId!),
                ("Apps:shop-ios:KeyId", manifest.ApnsKeyId!),
                ("Apps:shop-ios:KeyPath", manifest.ApnsKeyPath!));
        }

        public async Task DisposeAsync()
        {
            await Api.DisposeAsync();
            await World.DisposeAsync();
            _folder.Delete(recursive: true);
        }

        public Task<Answer> SendAsync(HttpMethod method, string path, string? body = null) => Api.SendAsync(
            method, path, ApiProcess.Key, body is null ? null : "application/json", body is null ? null : Encoding.UTF8.GetBytes(body));
    }
}
