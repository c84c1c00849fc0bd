using Dispatcher.Cli.Output;
using Dispatcher.Testing;

namespace Dispatcher.Cli.Tests.Output;

public sealed class ProgressLineTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly TestTerminal _terminal = new();

    [Fact]
    public void It_says_how_far_how_fast_and_how_long() => Assert.Equal(
        "reading ██████                   25% of 1,000,000  50,000/s  15s left",
        ProgressLine.Line("reading", 250_000, 1_000_000, TimeSpan.FromSeconds(5)));

    [Fact]
    public void Nothing_to_do_is_all_done() =>
        Assert.Equal("reading ████████████████████████ 100% of 0  0/s", ProgressLine.Line("reading", 0, 0, TimeSpan.Zero));

    [Fact]
    public void On_a_terminal_it_is_drawn_again_and_again_and_gone_in_the_end()
    {
        using (new ProgressLine(_terminal.Terminal with { ErrorWidth = 40 }, _time, "reading", 100, () => 50))
            _time.Advance(TimeSpan.FromSeconds(1));
        Assert.StartsWith("\rreading ", _terminal.Error, StringComparison.Ordinal);
        Assert.EndsWith("\r\u001b[K", _terminal.Error, StringComparison.Ordinal);
        Assert.All(_terminal.Error.Split('\r'), line => Assert.InRange(line.Replace("\u001b[K", "", StringComparison.Ordinal).Length, 0, 39));
    }

    [Fact]
    public void In_a_file_it_is_nothing()
    {
        using (new ProgressLine(_terminal.Terminal, _time, "reading", 100, () => 50))
            _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(_terminal.Error);
    }
}
