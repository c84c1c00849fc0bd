using System.CommandLine;
using Dispatcher.Cli.Output;
using Dispatcher.Testing;

namespace Dispatcher.Cli.Tests;

public sealed class CommandTreeTests
{
    private readonly TestTerminal _terminal = new();

    [Fact]
    public async Task Help_names_every_command()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("--help"));
        Assert.Equal(
            """
            Description:
              Sends push notifications to APNs and FCM through Kafka, and loses none that it accepted.

            Usage:
              dispatcher [command] [options]

            Options:
              --verbose       Say more: children's logs, Kafka's own log, stack traces
              -?, -h, --help  Show help and usage information
              --version       Show version information

            Commands:
              up                  Starts Kafka in memory, a simulator of APNs and FCM, the API and workers, and shows what they do.
              push                Sends one push made of options, or a file of them in batches.
              load                Posts many pushes, waits for their outcomes, and says how fast it went and what it cost.
              dead-letters        What could not be sent: look, keep, send again, delete.
              check               Looks at the configuration, Kafka, and every app's credential at APNs and FCM, and says what to do; exit code 1 when something fails.
              lag                 Shows how far the workers are behind, by lane: what waits, for how long, and which worker has it.
              topics              Dispatcher's topics in Kafka: what is there, and what should be.
              tail                Follows what the workers report, live.
              keys                API keys, and the hashes that the API is configured with.
              health <address>    Asks an address once; exit code 0 when it answers 2xx, 1 when it answers otherwise, 3 when it does not.
              simulate            Runs the simulator by itself; its own options follow --.
              completion <shell>  Prints a script with which a shell completes commands and options.
            """,
            _terminal.Out.Trim());
    }

    [Theory]
    [InlineData("up")]
    [InlineData("push")]
    [InlineData("load")]
    [InlineData("dead-letters", "list")]
    [InlineData("dead-letters", "replay")]
    [InlineData("dead-letters", "show")]
    [InlineData("dead-letters", "export")]
    [InlineData("dead-letters", "import")]
    [InlineData("dead-letters", "purge")]
    [InlineData("check")]
    [InlineData("lag")]
    [InlineData("topics", "list")]
    [InlineData("topics", "create")]
    [InlineData("tail", "results")]
    [InlineData("tail", "tokens")]
    [InlineData("tail", "dead")]
    [InlineData("keys", "new")]
    [InlineData("keys", "hash")]
    [InlineData("health")]
    [InlineData("simulate")]
    [InlineData("completion")]
    public async Task Help_of_a_command_ends_with_examples(params string[] command)
    {
        Assert.Equal(ExitCode.Success, await RunAsync([.. command, "--help"]));
        Assert.Contains($"\nExamples:\n  dispatcher {string.Join(' ', command)}", _terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_option_and_command_is_described()
    {
        static IEnumerable<Symbol> Below(Command command) =>
            [command, .. command.Options, .. command.Subcommands.SelectMany(Below)];
        Assert.All(Below(Tree().Create()), symbol => Assert.False(string.IsNullOrWhiteSpace(symbol.Description), symbol.Name));
    }

    [Fact]
    public async Task The_version_is_one_line()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("--version"));
        Assert.Matches(@"^\d+\.\d+\.\d+\S*\n$", _terminal.Out);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("push", "--titel", "x")]
    [InlineData("push", "--file", "a", "--title", "b")]
    [InlineData("push", "--class", "later")]
    [InlineData("up", "--workers", "17")]
    [InlineData("up", "--latency", "60")]
    [InlineData("up", "--no-simulator")]
    [InlineData("up", "--replication", "3")]
    [InlineData("up", "--apps", "/no/such/folder")]
    [InlineData("load", "--rate", "fast")]
    [InlineData("load", "--dead", "200%")]
    [InlineData("load", "--count", "0")]
    [InlineData("dead-letters", "list", "--provider", "hms")]
    [InlineData("dead-letters", "list", "--by", "colour")]
    [InlineData("dead-letters", "list", "--since", "yesterday")]
    [InlineData("dead-letters", "list", "--all", "--limit", "5")]
    [InlineData("dead-letters", "show")]
    [InlineData("dead-letters", "show", "push.apns.dead/3")]
    [InlineData("dead-letters", "import")]
    [InlineData("dead-letters", "import", "/no/such/file", "--kafka", "127.0.0.1:1")]
    [InlineData("dead-letters", "export", "--output", "/no/such/folder/file", "--kafka", "127.0.0.1:1")]
    [InlineData("dead-letters", "purge")]
    [InlineData("dead-letters", "purge", "--all", "--before", "7d")]
    [InlineData("dead-letters")]
    [InlineData("lag", "--watch", "--max-lag", "3")]
    [InlineData("lag", "--watch", "soon")]
    [InlineData("health", "127.0.0.1:8080")]
    [InlineData("lag", "--kafka", "a:1", "--config", "/no/such/file.json")]
    public async Task A_wrong_command_line_is_one_line_and_two(params string[] arguments)
    {
        Assert.Equal(ExitCode.Usage, await RunAsync(arguments));
        Assert.Empty(_terminal.Out);
        Assert.StartsWith("dispatcher: ", _terminal.Error, StringComparison.Ordinal);
        Assert.Equal(1, _terminal.Error.Count(c => c == '\n'));
    }

    [Theory]
    [InlineData("dispatcher: '--provder' is no command or option here; did you mean --provider? See dispatcher dead-letters list --help.\n", "dead-letters", "list", "--provder", "apns")]
    [InlineData("dispatcher: 'laod' is no command or option here; did you mean load? See dispatcher --help.\n", "laod")]
    [InlineData("dispatcher: '--verbos' is no command or option here; did you mean --verbose? See dispatcher up --help.\n", "up", "--verbos")]
    public async Task A_slip_gets_the_name_that_was_meant(string line, params string[] arguments)
    {
        Assert.Equal(ExitCode.Usage, await RunAsync(arguments));
        Assert.Equal(line, _terminal.Error);
    }

    [Theory]
    [InlineData("push", "--app", "a", "--token", "t", "--api", "http://127.0.0.1:1", "--key", "k", "--wait", "--kafka", "127.0.0.1:1")]
    [InlineData("load", "--apps", "a:apns", "--api", "http://127.0.0.1:1", "--key", "k", "--kafka", "127.0.0.1:1")]
    [InlineData("dead-letters", "list", "--kafka", "127.0.0.1:1")]
    [InlineData("lag", "--kafka", "127.0.0.1:1")]
    [InlineData("tail", "results", "--kafka", "127.0.0.1:1")]
    [InlineData("topics", "list", "--kafka", "127.0.0.1:1")]
    [InlineData("topics", "create", "--kafka", "127.0.0.1:1")]
    public async Task Nobody_at_the_other_end_is_one_line_and_three(params string[] arguments)
    {
        Assert.Equal(ExitCode.Unreachable, await RunAsync(arguments));
        Assert.Equal("dispatcher: no Kafka answers at 127.0.0.1:1 (Local_Transport): check --kafka.\n", _terminal.Error);
    }

    [Fact]
    public async Task Verbose_shows_the_stack()
    {
        await RunAsync("push", "--app", "a", "--api", "http://127.0.0.1:1", "--key", "k", "--verbose");
        Assert.Contains("   at Dispatcher.Cli.", _terminal.Error, StringComparison.Ordinal);
    }

    private CommandTree Tree() => new(_terminal.Terminal, new FakeTimeProvider(), static () => 0.5);

    private Task<int> RunAsync(params string[] arguments) => Tree().RunAsync(arguments, CancellationToken.None);
}
