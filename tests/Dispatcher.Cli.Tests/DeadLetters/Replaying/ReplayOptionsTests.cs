using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Tests.DeadLetters.Replaying;

public sealed class ReplayOptionsTests
{
    private readonly TestTerminal _terminal = new();

    [Theory]
    [InlineData("--replay-id", "a b")]
    [InlineData("--rate", "fast")]
    [InlineData("--extend-ttl", "29d")]
    [InlineData("--extend-ttl", "soon")]
    [InlineData("--app-map", "a")]
    [InlineData("--app-map", "a=b,a=c")]
    [InlineData("--to-class", "slow")]
    [InlineData("--max-replays", "0")]
    [InlineData("--limit", "0")]
    [InlineData("--since", "nonsense", "--until", "1h")]
    [InlineData("--since", "1h", "--until", "2h")]
    public async Task Options_that_make_no_sense_are_one_line(params string[] options)
    {
        Assert.Equal(ExitCode.Usage, await RunAsync(["--kafka", "127.0.0.1:1", .. options]));
        Assert.StartsWith("dispatcher: ", _terminal.Error, StringComparison.Ordinal);
        Assert.Equal(1, _terminal.Error.Count(c => c == '\n'));
    }

    private Task<int> RunAsync(params string[] options) =>
        new CommandTree(_terminal.Terminal, TimeProvider.System, () => 0.5).RunAsync(["dead-letters", "replay", .. options], CancellationToken.None);
}
