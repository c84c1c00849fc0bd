namespace Dispatcher.Cli.Output;

/// <summary>A command cannot go on. The message is the one line that the user reads, so it says what to do.</summary>
/// <param name="message">The line.</param>
/// <param name="exitCode">One of <see cref="ExitCode"/>.</param>
internal sealed class CommandFailedException(string message, int exitCode = ExitCode.Failure) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
