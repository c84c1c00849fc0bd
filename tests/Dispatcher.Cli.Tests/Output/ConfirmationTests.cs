using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Tests.Output;

public sealed class ConfirmationTests
{
    private readonly TestTerminal _terminal = new();

    [Fact]
    public async Task Whoever_gave_it_beforehand_is_not_asked()
    {
        Assert.True(await AskAsync(_terminal.Terminal, given: true));
        Assert.Empty(_terminal.Error);
    }

    [Fact]
    public async Task Where_nobody_can_be_asked_it_has_to_be_given()
    {
        var failure = await Assert.ThrowsAsync<CommandFailedException>(() => AskAsync(_terminal.Terminal));
        Assert.Equal(ExitCode.Usage, failure.ExitCode);
        Assert.Contains("--yes", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("purge", true)]
    [InlineData(" PURGE ", true)]
    [InlineData("y", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public async Task Only_the_word_will_do(string? answer, bool given)
    {
        Assert.Equal(given, await AskAsync(_terminal.Terminal with { Ask = () => answer }));
        Assert.Equal($"Delete all? Type 'purge' to go on: {(given ? "" : "Nothing was done.\n")}", _terminal.Error);
    }

    private static Task<bool> AskAsync(Terminal terminal, bool given = false) =>
        Confirmation.GivenAsync(terminal, given, "Delete all?", "purge", CancellationToken.None);
}
