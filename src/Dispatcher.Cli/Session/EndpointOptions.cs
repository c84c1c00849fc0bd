using System.CommandLine;
using System.Globalization;
using Dispatcher.Cli.Processes;

namespace Dispatcher.Cli.Session;

/// <summary>The options that say whom a command talks to; the same on every command that has them.</summary>
internal sealed class EndpointOptions
{
    private readonly Option<string?> _api = new("--api") { Description = "The API [default: the running session]", HelpName = "url" };
    private readonly Option<string?> _key = new("--key") { Description = "An API key; better in DISPATCHER_KEY", HelpName = "key" };

    private readonly Option<string?> _kafka =
        new("--kafka") { Description = "The brokers [default: the running session]", HelpName = "host:port" };

    private readonly Option<string?> _topicPrefix =
        new("--topic-prefix") { Description = "What every topic starts with [default: push]", HelpName = "prefix" };

    /// <summary>For commands that post.</summary>
    /// <param name="command">The command.</param>
    public void AddAllTo(Command command)
    {
        command.Options.Add(_api);
        command.Options.Add(_key);
        AddKafkaTo(command);
    }

    /// <summary>For commands that only read Kafka.</summary>
    /// <param name="command">The command.</param>
    public void AddKafkaTo(Command command)
    {
        command.Options.Add(_kafka);
        command.Options.Add(_topicPrefix);
    }

    public Endpoints Resolve(ParseResult parsed)
    {
        var given = new GivenEndpoints(parsed.GetValue(_api), parsed.GetValue(_key), parsed.GetValue(_kafka), parsed.GetValue(_topicPrefix));
        return new Endpoints(given, Environment.GetEnvironmentVariable, SessionFile.Of(Environment.GetEnvironmentVariable, UserId()).Read());
    }

    /// <summary>The user's number where the system has one; it keeps the sessions of several people apart.</summary>
    public static string UserId() => OperatingSystem.IsWindows() ? Environment.UserName : Libc.GetUserId().ToString(CultureInfo.InvariantCulture);
}
