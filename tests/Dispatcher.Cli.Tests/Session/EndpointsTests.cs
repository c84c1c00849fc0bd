using Dispatcher.Cli.Output;
using Dispatcher.Cli.Session;

namespace Dispatcher.Cli.Tests.Session;

public sealed class EndpointsTests
{
    private static readonly UpSession Running =
        new(new Uri("http://session:1"), "session-key", "session:9092", "mine", null, [], [], Pid: 1);

    [Fact]
    public void An_option_wins_over_the_environment_and_that_over_the_session()
    {
        var given = new GivenEndpoints("http://option:1", "option-key", "option:9092", "theirs");
        Assert.Equal(
            ("http://option:1/", "option-key", "option:9092", "theirs"), All(new Endpoints(given, Environment, Running)));
        Assert.Equal(
            ("http://environment:1/", "environment-key", "environment:9092", "mine"), All(new Endpoints(new(), Environment, Running)));
        Assert.Equal(
            ("http://session:1/", "session-key", "session:9092", "mine"), All(new Endpoints(new(), static _ => null, Running)));
    }

    [Fact]
    public void Where_nothing_says_it_the_error_does()
    {
        var nothing = new Endpoints(new(), static _ => null, session: null);
        Assert.All(
            [() => _ = nothing.Api, () => _ = nothing.Key, () => _ = nothing.Kafka],
            (Action read) => Assert.Equal(ExitCode.Usage, Assert.Throws<CommandFailedException>(read).ExitCode));
        var problem = Assert.Throws<CommandFailedException>(() => nothing.Kafka);
        Assert.Contains("--kafka", problem.Message, StringComparison.Ordinal);
        Assert.Contains("DISPATCHER_KAFKA", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost:8080")]
    [InlineData("ftp://localhost")]
    [InlineData("/push")]
    public void What_is_no_http_address_is_refused(string api)
    {
        var endpoints = new Endpoints(new GivenEndpoints(Api: api), static _ => null, Running);
        Assert.Contains(api, Assert.Throws<CommandFailedException>(() => endpoints.Api).Message, StringComparison.Ordinal);
    }

    private static string? Environment(string name) => name switch
    {
        "DISPATCHER_API" => "http://environment:1",
        "DISPATCHER_KEY" => "environment-key",
        "DISPATCHER_KAFKA" => "environment:9092",
        _ => null,
    };

    private static (string, string, string, string?) All(Endpoints endpoints) =>
        (endpoints.Api.ToString(), endpoints.Key, endpoints.Kafka, endpoints.TopicPrefix);
}
