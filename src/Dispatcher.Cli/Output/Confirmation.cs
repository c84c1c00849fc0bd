using System.CommandLine;

namespace Dispatcher.Cli.Output;

/// <summary>Asks before something is done that cannot be undone. The question goes to standard error, so that output can be redirected.</summary>
internal static class Confirmation
{
    /// <summary><c>--yes</c>.</summary>
    public static Option<bool> Option() => new("--yes", "-y") { Description = "Do not ask; for scripts" };

    /// <summary>Asks, unless <c>--yes</c> was given.</summary>
    /// <param name="terminal">Where.</param>
    /// <param name="given">Whether <c>--yes</c> was given.</param>
    /// <param name="question">One line, without what to type.</param>
    /// <param name="word">What has to be typed; case does not matter.</param>
    /// <param name="cancellationToken">Ctrl-C at the prompt.</param>
    /// <returns>Whether to go on. What was asked and refused has been said.</returns>
    /// <exception cref="CommandFailedException">Nobody is there to be asked.</exception>
    public static async Task<bool> GivenAsync(
        Terminal terminal, bool given, string question, string word, CancellationToken cancellationToken)
    {
        if (given)
            return true;
        if (terminal.Ask is not { } ask)
            throw new CommandFailedException("this has to be confirmed, and no terminal is there to ask at: give --yes.", ExitCode.Usage);
        terminal.Error.Write($"{question} Type '{word}' to go on: ");
        terminal.Error.Flush();
        // The console cannot be interrupted; whoever leaves the prompt leaves the program too.
        var answer = await Task.Run(ask, CancellationToken.None).WaitAsync(cancellationToken);
        if (string.Equals(answer?.Trim(), word, StringComparison.OrdinalIgnoreCase))
            return true;
        terminal.Error.WriteLine("Nothing was done.");
        return false;
    }
}
