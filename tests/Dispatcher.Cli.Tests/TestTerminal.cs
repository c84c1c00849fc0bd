using System.Globalization;
using System.Text;
using Dispatcher.Cli.Output;
using Spectre.Console;

namespace Dispatcher.Cli.Tests;

/// <summary>A terminal that nobody looks at, and whose text can be read back.</summary>
internal sealed class TestTerminal
{
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();

    public TestTerminal(bool isInteractive = false, int width = 80)
    {
        var output = Writer(_out);
        var screen = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        screen.Profile.Width = width;
        Terminal = new Terminal(screen, output, Writer(_error), () => new MemoryStream(In, writable: false), isInteractive) { OpenOut = () => Bytes };
    }

    public Terminal Terminal { get; }

    /// <summary>Standard input.</summary>
    public byte[] In { get; set; } = [];

    /// <summary>What was written to standard output as bytes.</summary>
    public MemoryStream Bytes { get; } = new();

    public string Out => _out.ToString();

    public string Error => _error.ToString();

    private static StringWriter Writer(StringBuilder text) => new(text, CultureInfo.InvariantCulture) { NewLine = "\n" };
}
