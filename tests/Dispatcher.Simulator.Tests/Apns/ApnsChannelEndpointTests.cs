using System.Text;
using Dispatcher.Simulator.Apns;
using Dispatcher.Simulator.Control;
using Dispatcher.Simulator.Tests.Wire;

namespace Dispatcher.Simulator.Tests.Apns;

public sealed class ApnsChannelEndpointTests : IAsyncLifetime
{
    private const string Channels = "/1/apps/com.example.shop/channels";
    private const string Storing = """{"message-storage-policy":1,"push-type":"LiveActivity"}""";
    private const string Update = """{"aps":{"event":"update","timestamp":1,"content-state":{}}}""";

    private readonly SimulatorFixture _fixture = new();

    public Task InitializeAsync() => _fixture.InitializeAsync();

    public Task DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_channel_is_created_read_listed_and_deleted()
    {
        var created = await ManageAsync(HttpMethod.Post, Channels, Storing);
        var channel = created.Headers["apns-channel-id"];
        var read = await ManageAsync(HttpMethod.Get, Channels, channel: channel);
        var listed = await ManageAsync(HttpMethod.Get, "/1/apps/com.example.shop/all-channels");
        var deleted = await ManageAsync(HttpMethod.Delete, Channels, channel: channel);
        var again = await ManageAsync(HttpMethod.Delete, Channels, channel: channel);

        Assert.Equal((201, ""), (created.Status, created.Body));
        Assert.Equal((200, Storing), (read.Status, read.Body));
        Assert.Equal($$"""{"channels":["{{channel}}"]}""", listed.Body.Replace("\\u002B", "+", StringComparison.Ordinal));
        Assert.Equal((204, 404), (deleted.Status, again.Status));
        Assert.True(Guid.TryParse(created.Headers["apns-request-id"], out _));
    }

    public static TheoryData<string, string, string?, string?, int, string> Refusals { get; } = new()
    {
        { "POST", Channels, "", null, 400, "PayloadEmpty" },
        { "POST", Channels, "[]", null, 400, "BadRequestPayload" },
        { "POST", Channels, """{"message-storage-policy":7,"push-type":"LiveActivity"}""", null, 400, "BadRequestPayload" },
        { "POST", Channels, """{"message-storage-policy":1}""", null, 400, "MissingPushType" },
        { "POST", Channels, """{"message-storage-policy":1,"push-type":"alert"}""", null, 400, "InvalidPushType" },
        { "GET", Channels, null, null, 400, "MissingChannelId" },
        { "GET", Channels, null, "not base64!", 400, "BadChannelId" },
        { "GET", Channels, null, "AAAA", 400, "ChannelNotRegistered" },
        { "PUT", Channels, "{}", null, 405, "MethodNotAllowed" },
        { "GET", "/1/apps/com.example.shop/nothing", null, null, 404, "BadPath" },
        { "GET", "/1/apps/com.example.other/all-channels", null, null, 400, "TopicDisallowed" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Management_is_refused_with_its_reason(string method, string path, string? body, string? channel, int status, string reason)
    {
        var answer = await ManageAsync(new HttpMethod(method), path, body, channel);

        Assert.Equal((status, reason), (answer.Status, answer.Json.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task A_fault_strikes_management_too_and_nothing_of_it_is_in_the_ledger()
    {
        _fixture.Providers.ApnsFaults.Set(new Fault { Status = 429, Reason = "TooManyRequests", Count = 1 });

        Assert.Equal(429, (await ManageAsync(HttpMethod.Post, Channels, Storing)).Status);
        Assert.Empty(_fixture.Providers.ApnsChannels.List("com.example.shop"));
        Assert.Equal(201, (await ManageAsync(HttpMethod.Post, Channels, Storing)).Status);
        Assert.Equal(0, _fixture.Providers.Ledger.Summarize().Total);
    }

    [Fact]
    public async Task A_team_may_have_so_many_channels_and_no_more()
    {
        for (var made = 0; made < ApnsChannels.MaxChannels; made++)
            _fixture.Providers.ApnsChannels.Create("com.example.shop", stores: false);

        Assert.Equal("CannotCreateChannelConfig", (await ManageAsync(HttpMethod.Post, Channels, Storing)).Json.GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("expiration", "0", null)]
    [InlineData("expiration", "1900000000", null)]
    [InlineData("expiration", null, "BadExpirationDate")]
    [InlineData("priority", null, "BadPriority")]
    [InlineData("push-type", "alert", "InvalidPushType")]
    [InlineData("push-type", null, "MissingPushType")]
    [InlineData("channel-id", null, "MissingChannelId")]
    [InlineData("channel-id", "AAAA", "ChannelNotRegistered")]
    [InlineData("request-id", "7", "BadMessageId")]
    public async Task A_broadcast_is_checked_as_a_push_is(string header, string? value, string? reason)
    {
        var answer = await BroadcastAsync(_fixture.Providers.ApnsChannels.Create("com.example.shop", stores: true)!, Update, header, value);

        Assert.Equal(reason, answer.Status == 200 ? null : answer.Json.GetProperty("reason").GetString());
        Assert.Equal(reason is null ? 1 : 0, _fixture.Providers.Ledger.Summarize().Accepted);
    }

    [Theory]
    [InlineData("", "PayloadEmpty")]
    [InlineData("""{"aps":{"event":"start"}}""", "BadRequestPayload")]
    [InlineData("""{"aps":1}""", "BadRequestPayload")]
    public async Task A_broadcast_updates_or_ends_and_never_starts(string body, string reason)
    {
        var answer = await BroadcastAsync(_fixture.Providers.ApnsChannels.Create("com.example.shop", stores: true)!, body);

        Assert.Equal(reason, answer.Json.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_channel_that_does_not_store_takes_only_expiration_0()
    {
        var channel = _fixture.Providers.ApnsChannels.Create("com.example.shop", stores: false)!;

        Assert.Equal(200, (await BroadcastAsync(channel, Update)).Status);
        Assert.Equal("BadExpirationDate", (await BroadcastAsync(channel, Update, "expiration", "1900000000")).Json.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_broadcast_may_have_5120_bytes()
    {
        var channel = _fixture.Providers.ApnsChannels.Create("com.example.shop", stores: true)!;
        var longest = Update.Replace("{}", $$"""{"x":"{{new string('x', 5120 - Update.Length - 6)}}"}""", StringComparison.Ordinal);

        Assert.Equal((5120, 200), (longest.Length, (await BroadcastAsync(channel, longest)).Status));
        Assert.Equal(413, (await BroadcastAsync(channel, longest + " ")).Status);
    }

    [Fact]
    public async Task An_offline_device_keeps_the_latest_push_of_an_app()
    {
        foreach (var (id, expiration) in new[] { ("1", (string?)null), ("2", "1900000000"), ("3", "0") })
        {
            var push = new ApnsPush
            {
                Path = ApnsPush.Scripted("0ff1"),
                Headers = { ["apns-id"] = $"0d4d7f0e-0c0f-4c65-9d0c-3a9f4b1e6a1{id}", ["apns-expiration"] = expiration },
            };
            Assert.Equal(200, (await push.SendAsync(_fixture)).Status);
        }

        var waiting = (await _fixture.ControlAsync(HttpMethod.Get, $"/offline/{ApnsPush.Scripted("0ff1")["/3/device/".Length..]}")).Json.GetProperty("waiting");

        Assert.Equal(1, waiting.GetArrayLength());
        Assert.EndsWith("2", waiting[0].GetProperty("id").GetString(), StringComparison.Ordinal);
    }

    private Task<Answer> ManageAsync(HttpMethod method, string path, string? body = null, string? channel = null)
    {
        var request = SimulatorFixture.Http2(method, _fixture.Manifest.ApnsManage + path);
        request.Headers.TryAddWithoutValidation("authorization", $"bearer {Tokens.Provider(_fixture)}");
        if (channel is not null)
            request.Headers.TryAddWithoutValidation("apns-channel-id", channel);
        request.Content = body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        return _fixture.SendAsync(request);
    }

    private Task<Answer> BroadcastAsync(string channel, string body, string? spoilt = null, string? value = null)
    {
        var headers = new Dictionary<string, string?>
        {
            ["channel-id"] = channel,
            ["push-type"] = "liveactivity",
            ["priority"] = "10",
            ["expiration"] = "0",
        };
        if (spoilt is not null)
            headers[spoilt] = value;

        var request = SimulatorFixture.Http2(HttpMethod.Post, _fixture.Manifest.Apns + "/4/broadcasts/apps/com.example.shop");
        request.Headers.TryAddWithoutValidation("authorization", $"bearer {Tokens.Provider(_fixture)}");
        foreach (var (name, text) in headers.Where(header => header.Value is not null))
            request.Headers.TryAddWithoutValidation($"apns-{name}", text);
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        return _fixture.SendAsync(request);
    }
}
