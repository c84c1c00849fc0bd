using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Sending;

namespace Dispatcher.Core.Tests.Providers.Apns;

public sealed class ApnsChannelsTests : IAsyncLifetime
{
    private ApnsStage _stage = null!;

    public async Task InitializeAsync() => _stage = await ApnsStage.StartAsync();

    public async Task DisposeAsync() => await _stage.DisposeAsync();

    [Fact]
    public async Task Requests_are_those_of_apple_s_page()
    {
        _stage.Answer = (seen, context) =>
        {
            context.Response.Headers["apns-channel-id"] = "dHN0/w==";
            return seen switch
            {
                { Method: "POST" } => (201, ""),
                { Method: "DELETE" } => (204, ""),
                { Path: var path } when path.EndsWith("/all-channels", StringComparison.Ordinal) => (200, """{"channels":["dHN0/w==","b3Ro"]}"""),
                _ => (200, """{"message-storage-policy":1,"push-type":"LiveActivity"}"""),
            };
        };
        using var channels = Channels();
        var app = App();

        Assert.Equal(new ApnsChannel("dHN0/w==", ChannelStorage.MostRecent), (await channels.CreateAsync(app, ChannelStorage.MostRecent, default)).Value);
        Assert.Equal(new ApnsChannel("dHN0/w==", ChannelStorage.MostRecent), (await channels.ReadAsync(app, "dHN0/w==", default)).Value);
        Assert.Equal(["dHN0/w==", "b3Ro"], (await channels.ListAsync(app, default)).Value!);
        Assert.Equal("dHN0/w==", (await channels.DeleteAsync(app, "dHN0/w==", default)).Value);

        Assert.Equal(
            [
                ("POST", "/1/apps/com.example.shop/channels", "", """{"message-storage-policy":1,"push-type":"LiveActivity"}"""),
                ("GET", "/1/apps/com.example.shop/channels", "dHN0/w==", ""),
                ("GET", "/1/apps/com.example.shop/all-channels", "", ""),
                ("DELETE", "/1/apps/com.example.shop/channels", "dHN0/w==", ""),
            ],
            _stage.Seen.Select(seen => (seen.Method, seen.Path, seen.Headers["apns-channel-id"].ToString(), seen.Body)));
        Assert.Single(_stage.TokensSeen);
    }

    [Fact]
    public async Task Ten_thousand_ids_are_read()
    {
        var ids = Enumerable.Range(0, 10_000).Select(i => $"{i:d22}==").ToArray();
        _stage.Answer = (_, _) => (200, $$"""{"channels":["{{string.Join("\",\"", ids)}}"]}""");
        using var channels = Channels();

        Assert.Equal(ids, (await channels.ListAsync(App(), default)).Value!);
    }

    [Fact]
    public async Task What_was_not_processed_is_asked_again_once()
    {
        _stage.Answer = (_, _) => _stage.Seen.Count == 1 ? (403, """{"reason":"ExpiredProviderToken"}""") : (200, """{"channels":[]}""");
        using var channels = Channels();

        Assert.Empty((await channels.ListAsync(App(), default)).Value!);

        Assert.Equal((2, 2), (_stage.Seen.Count, _stage.TokensSeen.Count()));
    }

    [Theory]
    [InlineData(200, "")]
    [InlineData(200, "<html>")]
    [InlineData(200, """{"channels":{}}""")]
    [InlineData(200, "[]")]
    public async Task A_success_that_says_nothing_is_none(int status, string body)
    {
        _stage.Answer = (_, _) => (status, body);
        using var channels = Channels();

        var refusal = (await channels.ListAsync(App(), default)).Refusal;

        Assert.Equal((OutcomeKind.Unavailable, "UnreadableAnswer"), (refusal?.Kind, refusal?.Reason));
    }

    [Fact]
    public async Task A_credential_that_cannot_be_read_is_found_out_by_the_first_request()
    {
        var options = _stage.WithKey();
        File.WriteAllText(options.KeyPath!, "no key");
        using var channels = Channels();

        await Assert.ThrowsAsync<InvalidAppException>(() => channels.ListAsync(App(options), default));
    }

    private ApnsChannels Channels() => new(
        _stage.Options(), _stage.Metrics.Credentials, _stage.Metrics.Connections, _stage.Time, () => 0, _stage.Loggers);

    private ApnsApp App(AppOptions? options = null) => ApnsStage.Catalog(("shop-ios", options ?? _stage.WithKey())).Apps.OfType<ApnsApp>().Single();
}
