using System.Collections;
using Dispatcher.Cli.Configuration;
using Dispatcher.Cli.Output;
using Dispatcher.Core.Kafka;

namespace Dispatcher.Cli.Tests.Configuration;

public sealed class ServiceConfigurationTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void The_environment_stands_over_the_file()
    {
        File.WriteAllText(_file, """{"Kafka":{"BootstrapServers":"file:9092","TopicPrefix":"theirs","Properties":{"security.protocol":"SASL_SSL"}}}""");
        var kafka = Read(_file, new() { ["Kafka__BootstrapServers"] = "variable:9092", ["Kafka__Properties__sasl.username"] = "ann" })
            .Section<KafkaOptions>("Kafka");
        Assert.Equal(("variable:9092", "theirs"), (kafka.BootstrapServers, kafka.TopicPrefix));
        Assert.Equal(["sasl.username=ann", "security.protocol=SASL_SSL"], kafka.Properties.Select(each => $"{each.Key}={each.Value}").Order());
    }

    [Fact]
    public void A_running_session_takes_the_place_of_a_file()
    {
        var session = new Dictionary<string, string?> { ["Kafka__BootstrapServers"] = "session:9092", ["AppsFolder"] = "/apps" };
        Assert.Equal("session:9092", ServiceConfiguration.Read(null, new Hashtable(), session).Section<KafkaOptions>("Kafka").BootstrapServers);
        Assert.Equal("/apps", ServiceConfiguration.Read(null, new Hashtable(), session)["AppsFolder"]);
        File.WriteAllText(_file, "{}");
        Assert.Null(ServiceConfiguration.Read(_file, new Hashtable(), session)["AppsFolder"]);
    }

    [Fact]
    public void A_member_that_no_service_has_is_refused_as_they_refuse_it()
    {
        File.WriteAllText(_file, """{"Kafka":{"BootstrapServer":"file:9092"}}""");
        var problem = Assert.Throws<CommandFailedException>(() => Read(_file, []).Section<KafkaOptions>("Kafka"));
        Assert.Contains("BootstrapServer", problem.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, problem.ExitCode);
    }

    [Theory]
    [InlineData("/no/such/file.json", "does not exist")]
    [InlineData(null, "is not JSON")]
    public void A_file_that_cannot_be_read_is_one_line(string? file, string says)
    {
        File.WriteAllText(_file, "{");
        var problem = Assert.Throws<CommandFailedException>(() => Read(file ?? _file, []));
        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Message);
    }

    [Fact]
    public void Variables_that_differ_by_case_are_no_problem() =>
        Assert.Null(Read(null, new() { ["http_proxy"] = "a", ["HTTP_PROXY"] = "b" })["Kafka:TopicPrefix"]);

    [Fact]
    public void Everything_becomes_variables_again()
    {
        File.WriteAllText(_file, """{"Kafka":{"TopicPrefix":"theirs"}}""");
        Assert.Equal(
            new Dictionary<string, string?> { ["Kafka__Properties__sasl.username"] = "ann", ["Kafka__TopicPrefix"] = "theirs" },
            Read(_file, new() { ["Kafka__Properties__sasl.username"] = "ann" }).ToEnvironment());
    }

    private static ServiceConfiguration Read(string? file, Dictionary<string, string> environment) =>
        ServiceConfiguration.Read(file, environment, session: null);
}
