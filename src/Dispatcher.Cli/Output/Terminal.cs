using System.Text;
using Dispatcher.Cli.Processes;
using Microsoft.Win32.SafeHandles;
using Spectre.Console;

namespace Dispatcher.Cli.Output;

/// <summary>
/// Where a command reads and writes. <see cref="Screen"/> draws for people; <see cref="Out"/> takes lines that must stay whole
/// whatever the width: JSON, commands to paste.
/// </summary>
/// <param name="Screen">Tables, progress, the live view.</param>
/// <param name="Out">Standard output, as it is.</param>
/// <param name="Error">Standard error, as it is.</param>
/// <param name="In">Opens standard input.</param>
/// <param name="IsInteractive">Whether a person looks at it: a terminal that can move the cursor.</param>
internal sealed record Terminal(IAnsiConsole Screen, TextWriter Out, TextWriter Error, Func<Stream> In, bool IsInteractive)
{
    private const int UsualColumns = 80;
    private const int BrokenPipe = 32; // EPIPE, on Linux and macOS

    /// <summary>The columns of the screen; no limit when the output goes to a file or another program.</summary>
    public int Width => IsInteractive ? Screen.Profile.Width : int.MaxValue;

    /// <summary>The columns of standard error where it is a terminal, whatever becomes of standard output; else <see langword="null"/>.</summary>
    public int? ErrorWidth { get; init; }

    /// <summary>Reads a line that a person types; <see langword="null"/> where nobody can be asked.</summary>
    public Func<string?>? Ask { get; init; }

    /// <summary>Asks whether whoever read what we write has gone: who has nothing to write finds out in no other way.</summary>
    public Func<bool> HasLostReader { get; init; } = static () => false;

    /// <summary>Whether the program that was reading what we write has ended, as <c>head</c> does when it has enough.</summary>
    /// <param name="problem">What a write threw.</param>
    public static bool IsClosedPipe(Exception problem) => problem is IOException { HResult: BrokenPipe };

    /// <summary>Opens standard output for bytes.</summary>
    public Func<Stream> OpenOut { get; init; } = static () => Stream.Null;

    /// <summary>The terminal that started this process.</summary>
    public static Terminal OfThisProcess()
    {
#pragma warning disable RS0030 // The one place where the command line meets the console.
        var output = Output();
        var screen = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        var capabilities = screen.Profile.Capabilities;
        return new Terminal(
            screen,
            output,
            Console.Error,
            Console.OpenStandardInput,
            !Console.IsOutputRedirected && capabilities.Ansi && capabilities.Interactive)
        {
            OpenOut = () => (Stream?)Pipe() ?? Console.OpenStandardOutput(),
            HasLostReader = Pipe() is null ? static () => false : static () => Libc.IsClosed(1),
            ErrorWidth = Console.IsErrorRedirected || IsDumb() ? null : ErrorColumns(),
            Ask = Console.IsInputRedirected || Console.IsErrorRedirected ? null : Console.ReadLine,
        };
#pragma warning restore RS0030
    }

    private static bool IsDumb() => Environment.GetEnvironmentVariable("TERM") is "dumb";

#pragma warning disable RS0030 // as above
    // Without a terminal at standard output .NET may not know, and then says 0 or throws.
    private static int ErrorColumns()
    {
        try
        {
            return Console.WindowWidth is > 0 and var width ? width : UsualColumns;
        }
        catch (IOException)
        {
            return UsualColumns;
        }
    }

    private static TextWriter Output() => Pipe() is { } pipe
        ? TextWriter.Synchronized(new StreamWriter(pipe, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true })
        : Console.Out;

    /// <summary>Standard output where it is a pipe: the console's own stream hides that one was closed, and whoever follows a topic would never end.</summary>
    private static FileStream? Pipe()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
            return null;
        var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return pipe.CanSeek ? null : pipe; // a file may be written to by others as well: the console's stream leaves its position to the system
    }
#pragma warning restore RS0030
}
