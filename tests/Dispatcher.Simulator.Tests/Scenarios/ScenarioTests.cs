using Dispatcher.Simulator.Scenarios;
using Dispatcher.Simulator.Tests.Wire;
using Dispatcher.Testing;

namespace Dispatcher.Simulator.Tests.Scenarios;

public sealed class ScenarioTests : IAsyncLifetime
{
    private static readonly string Samples = Path.Combine(SimulatorPageTests.Root(), "samples", "scenarios");

    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private readonly SimulatorFixture _fixture;

    public ScenarioTests() => _fixture = new() { Clock = _clock, Apps = 2 };

    public static TheoryData<string> Files { get; } = new(Directory.EnumerateFiles(Samples, "*.json").Select(file => Path.GetFileName(file)));

    public Task InitializeAsync() => _fixture.InitializeAsync();

    public Task DisposeAsync() => _fixture.DisposeAsync();

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_sample_is_played_to_its_end_and_leaves_nothing_behind(string file)
    {
        var scenario = Scenario.Load(Path.Combine(Samples, file));
        var profile = Providers.ApnsWire.Profile;

        await Providers.PlayAsync(scenario);
        await AdvanceUntilOverAsync();

        Assert.Equal(scenario.Steps.Count, Providers.Scenario!.Begun);
        Assert.Empty(Providers.ApnsFaults.Current);
        Assert.Empty(Providers.FcmFaults.Current);
        Assert.Equal((profile, TimeSpan.Zero), (Providers.ApnsWire.Profile, Providers.AnswerTime.Latency));
    }

    [Fact]
    public async Task Steps_begin_and_end_on_their_time()
    {
        await PlayAsync("""{"steps":[{"at":1,"for":2,"provider":"apns","fault":{"status":503}},{"at":2,"for":2,"latencyMs":70}]}""");
        var seen = new List<(int Faults, double Latency)>();

        for (var second = 0; second < 5; second++)
        {
            seen.Add((Providers.ApnsFaults.Current.Count, Providers.AnswerTime.Latency.TotalMilliseconds));
            await StepAsync(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([(0, 0), (1, 0), (1, 70), (0, 70), (0, 0)], seen);
    }

    [Fact]
    public async Task A_scenario_that_is_stopped_undoes_what_it_did()
    {
        await PlayAsync("""{"name":"x","steps":[{"at":0,"provider":"fcm","fault":{"kind":"stall"}},{"at":0,"provider":"apns","wire":{"maxStreams":3}}]}""");
        Assert.Equal((1, 3), (Providers.FcmFaults.Current.Count, Providers.ApnsWire.Profile.MaxStreams));
        Assert.Equal("""{"name":"x","begun":2,"steps":2,"isOver":true}""", (await _fixture.ControlAsync(HttpMethod.Get, "/scenario")).Body);

        await _fixture.ControlAsync(HttpMethod.Delete, "/scenario");

        Assert.Empty(Providers.FcmFaults.Current);
        Assert.NotEqual(3, Providers.ApnsWire.Profile.MaxStreams);
        Assert.Equal(404, (await _fixture.ControlAsync(HttpMethod.Get, "/scenario")).Status);
    }

    [Fact]
    public async Task A_slow_tenant_is_the_only_one_that_is_struck()
    {
        await Providers.PlayAsync(Scenario.Load(Path.Combine(Samples, "slow-tenant.json")));
        for (var second = 0; second < 70; second++)
            await StepAsync(TimeSpan.FromSeconds(1));

        var own = await new FcmPush { Path = "/v1/projects/demo-shop-2/messages:send" }.SendAsync(_fixture);
        var other = await new FcmPush().SendAsync(_fixture);

        Assert.Equal((403, 200), (own.Status, other.Status));
    }

    [Fact]
    public void The_same_seed_strikes_the_same_requests()
    {
        var (one, same, other) = (new SeededChance(7), new SeededChance(7), new SeededChance(8));

        var numbers = Enumerable.Range(0, 1000).Select(_ => one.Next()).ToArray();

        Assert.Equal(numbers, Enumerable.Range(0, 1000).Select(_ => same.Next()));
        Assert.NotEqual(numbers[0], other.Next());
        Assert.All(numbers, number => Assert.InRange(number, 0, 1 - 1e-9));
        Assert.InRange(numbers.Average(), 0.45, 0.55);
    }

    [Theory]
    [InlineData("""{"steps":[]}""", "1 to 1000 steps")]
    [InlineData("""{"steps":[{"at":-1,"latencyMs":1}]}""", "step 0: at must be")]
    [InlineData("""{"steps":[{"at":0}]}""", "exactly one")]
    [InlineData("""{"steps":[{"at":0,"latencyMs":1,"revokeAccessTokens":true}]}""", "exactly one")]
    [InlineData("""{"steps":[{"at":0,"fault":{"status":503}}]}""", "provider must be")]
    [InlineData("""{"steps":[{"at":0,"provider":"apns","fault":{"status":99}}]}""", "status must be")]
    [InlineData("""{"steps":[{"at":0,"for":1,"provider":"apns","goAway":{}}]}""", "take no time")]
    [InlineData("""{"repeat":true,"steps":[{"at":0,"latencyMs":1}]}""", "must take time")]
    [InlineData("""{"steps":[{"at":0,"latancyMs":1}]}""", "latancyMs")]
    public async Task What_cannot_be_played_is_said(string json, string problem)
    {
        var answer = await _fixture.ControlAsync(HttpMethod.Put, "/scenario", json);

        Assert.Equal(400, answer.Status);
        Assert.Contains(problem, answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_scenario_is_named()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, """{"steps":[{"at":0}]}""");

        Assert.StartsWith(path, Assert.Throws<IOException>(() => Scenario.Load(path)).Message, StringComparison.Ordinal);
        File.Delete(path);
    }

    private SimulatedProviders Providers => _fixture.Providers;

    private async Task PlayAsync(string json) => Assert.Equal(204, (await _fixture.ControlAsync(HttpMethod.Put, "/scenario", json)).Status);

    private async Task AdvanceUntilOverAsync()
    {
        for (var second = 0; second < 300 && !Providers.Scenario!.Played.IsCompleted; second++)
            await StepAsync(TimeSpan.FromSeconds(1));
        Assert.True(Providers.Scenario!.Played.IsCompleted);
    }

    /// <summary>Moves the clock once the scenario waits on it.</summary>
    private async Task StepAsync(TimeSpan by)
    {
        if (!Providers.Scenario!.Played.IsCompleted)
            await _clock.WaitForTimersAsync();
        _clock.Advance(by);
    }
}
