using System.Net.Sockets;
using Dispatcher.Simulator.Tests.Wire;

namespace Dispatcher.Simulator.Tests.Control;

/// <summary>The cluster's outages over HTTP, seen from a bare socket.</summary>
public sealed class KafkaEndpointsTests : IAsyncLifetime
{
    private const short CoordinatorLoading = 14;
    private const short NotCoordinator = 16;

    private readonly SimulatorFixture _fixture = new() { KafkaBrokers = 2 };

    public Task InitializeAsync() => _fixture.InitializeAsync();

    public Task DisposeAsync() => _fixture.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("?broker=1")]
    public async Task A_cluster_that_is_down_does_not_listen_until_it_is_up(string which)
    {
        Assert.Equal(204, (await PutAsync($"/kafka/down{which}")).Status);
        var refused = await Assert.ThrowsAsync<SocketException>(AskAsync);
        Assert.Equal(204, (await PutAsync($"/kafka/up{which}")).Status);

        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        Assert.Equal(0, (await AskAsync()).Error);
    }

    [Fact]
    public async Task One_broker_down_is_not_the_others()
    {
        await PutAsync("/kafka/down?broker=2");

        Assert.Equal(0, (await AskAsync()).Error);
    }

    [Fact]
    public async Task Answers_take_the_round_trip_that_was_set()
    {
        Assert.Equal(204, (await PutAsync("/kafka/rtt", """{"ms":200}""")).Status);

        var began = TimeProvider.System.GetTimestamp();
        await AskAsync();

        // The cluster counts whole milliseconds on a clock of its own.
        Assert.True(TimeProvider.System.GetElapsedTime(began) >= TimeSpan.FromMilliseconds(190));
    }

    [Theory]
    [InlineData("\"FindCoordinator\"")]
    [InlineData("\"findcoordinator\"")]
    [InlineData("10")]
    public async Task The_next_requests_of_a_kind_fail_with_the_codes_in_turn(string api)
    {
        var set = await PostAsync("/kafka/errors", $$"""{"api":{{api}},"codes":[14,16],"count":3}""");

        short[] errors = [(await AskAsync()).Error, (await AskAsync()).Error, (await AskAsync()).Error, (await AskAsync()).Error];

        Assert.Equal((204, ""), (set.Status, set.Body));
        Assert.Equal([CoordinatorLoading, NotCoordinator, CoordinatorLoading, 0], errors);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?api=FindCoordinator")]
    public async Task Scripted_errors_can_be_taken_back(string which)
    {
        await PostAsync("/kafka/errors", """{"api":"FindCoordinator","codes":[14]}""");

        await _fixture.ControlAsync(HttpMethod.Delete, $"/kafka/errors{which}");

        Assert.Equal(0, (await AskAsync()).Error);
    }

    [Fact]
    public async Task Minus_195_hangs_up()
    {
        await PostAsync("/kafka/errors", """{"api":"FindCoordinator","codes":[-195]}""");

        await Assert.ThrowsAsync<EndOfStreamException>(AskAsync);
    }

    [Fact]
    public async Task The_coordinator_of_a_group_moves()
    {
        foreach (var broker in new[] { 1, 2, 1 })
        {
            await PutAsync("/kafka/coordinator", $$"""{"group":"tests","broker":{{broker}}}""");
            Assert.Equal((0, broker), await AskAsync());
        }
    }

    [Theory]
    [InlineData("PUT", "/kafka/down?broker=3", null)]
    [InlineData("PUT", "/kafka/rtt", """{"ms":-1}""")]
    [InlineData("PUT", "/kafka/rtt", "{}")]
    [InlineData("PUT", "/kafka/coordinator", """{"group":"tests","broker":0}""")]
    [InlineData("PUT", "/kafka/coordinator", """{"group":null,"broker":1}""")]
    [InlineData("POST", "/kafka/errors", """{"api":"OffsetComit","codes":[14]}""")]
    [InlineData("POST", "/kafka/errors", """{"api":-1,"codes":[14]}""")]
    [InlineData("POST", "/kafka/errors", """{"api":8,"codes":[]}""")]
    [InlineData("POST", "/kafka/errors", """{"api":8,"codes":null}""")]
    [InlineData("POST", "/kafka/errors", """{"api":8,"codes":[14],"count":0}""")]
    [InlineData("DELETE", "/kafka/errors?api=OffsetComit", null)]
    public async Task What_cannot_be_simulated_is_refused_with_a_line(string method, string path, string? json)
    {
        var answer = await _fixture.ControlAsync(new HttpMethod(method), path, json);

        Assert.Equal(400, answer.Status);
        Assert.NotEmpty(answer.Body);
    }

    [Fact]
    public async Task Without_kafka_the_answer_says_so()
    {
        var fixture = new SimulatorFixture();
        await fixture.InitializeAsync();

        var answer = await fixture.ControlAsync(HttpMethod.Put, "/kafka/down");
        await fixture.DisposeAsync();

        Assert.Equal(404, answer.Status);
        Assert.Contains("--no-kafka", answer.Body, StringComparison.Ordinal);
    }

    private Task<(short Error, int Broker)> AskAsync() => CoordinatorQuestion.AskAsync(_fixture.Manifest.Kafka!, "tests");

    private Task<Answer> PutAsync(string path, string? json = null) => _fixture.ControlAsync(HttpMethod.Put, path, json);

    private Task<Answer> PostAsync(string path, string json) => _fixture.ControlAsync(HttpMethod.Post, path, json);
}
