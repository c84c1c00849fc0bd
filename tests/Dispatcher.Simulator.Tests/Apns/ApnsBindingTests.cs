using Dispatcher.Simulator.Apns;
using Dispatcher.Simulator.Tests.Wire;

namespace Dispatcher.Simulator.Tests.Apns;

public sealed class ApnsBindingTests : IAsyncLifetime
{
    private readonly SimulatorFixture _fixture = new() { Apps = 2, BundleIds = ["com.example.more"] };

    public Task InitializeAsync() => _fixture.InitializeAsync();

    public Task DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Every_app_pushes_with_its_own_key_to_its_own_bundle_ids()
    {
        using var client = SimulatorFixture.NewClient(_fixture.Providers.Authority.Certificate);

        Assert.Null(await ReasonAsync(First, "com.example.shop"));
        Assert.Null(await ReasonAsync(First, "com.example.more"));
        Assert.Equal("TopicDisallowed", await ReasonAsync(First, "com.example.shop2"));
        Assert.Null(await ReasonAsync(Second, "com.example.shop2", client));
        Assert.Equal("TopicDisallowed", await ReasonAsync(Second, "com.example.shop", client));
    }

    [Fact]
    public async Task A_connection_belongs_to_the_team_of_its_first_push()
    {
        Assert.Null(await ReasonAsync(First, "com.example.shop"));

        Assert.Equal("InvalidProviderToken", await ReasonAsync(Second, "com.example.shop2"));
    }

    [Fact]
    public async Task A_token_may_be_renewed_after_20_minutes_and_the_one_before_is_good_still()
    {
        var before = Tokens.Provider(_fixture);
        Assert.Null(await ReasonAsync(before));
        _fixture.Time.Advance(TimeSpan.FromMinutes(19));
        Assert.Equal("TooManyProviderTokenUpdates", await ReasonAsync(Tokens.Provider(_fixture)));
        _fixture.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Null(await ReasonAsync(Tokens.Provider(_fixture)));
        Assert.Null(await ReasonAsync(before));
    }

    [Fact]
    public void Another_key_of_the_same_team_is_unrelated()
    {
        var now = _fixture.Time.GetUtcNow();
        var files = Directory.CreateTempSubdirectory("keys-");
        using var one = ApnsKey.LoadOrCreate(Path.Combine(files.FullName, "1.p8"), "KEY0000001", "TEAM000001");
        using var other = ApnsKey.LoadOrCreate(Path.Combine(files.FullName, "2.p8"), "KEY0000002", "TEAM000001");
        var binding = new ApnsBinding();

        Assert.Null(binding.Problem(new ApnsProviderToken(one, now), now));
        Assert.Equal("UnrelatedKeyIdInToken", binding.Problem(new ApnsProviderToken(other, now), now)?.Name);
        files.Delete(recursive: true);
    }

    private SimulatedApp First => _fixture.Providers.Apps[0];

    private SimulatedApp Second => _fixture.Providers.Apps[1];

    private Task<string?> ReasonAsync(SimulatedApp app, string topic, HttpMessageInvoker? client = null) =>
        ReasonAsync(Tokens.Provider(_fixture, app), topic, client);

    private async Task<string?> ReasonAsync(string token, string topic = "com.example.shop", HttpMessageInvoker? client = null)
    {
        var push = new ApnsPush { Headers = { ["authorization"] = $"bearer {token}", ["apns-topic"] = topic }, Client = client };
        var answer = await push.SendAsync(_fixture);
        return answer.Status == 200 ? null : answer.Json.GetProperty("reason").GetString();
    }
}
