using System.CommandLine;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Completion;

/// <summary><c>dispatcher completion</c>.</summary>
internal static class CompletionCommand
{
    public static Command Create(Terminal terminal)
    {
        var shell = new Argument<string>("shell") { Description = string.Join(", ", CompletionScript.All.Keys), HelpName = "shell" };
        shell.AcceptOnlyFromAmong([.. CompletionScript.All.Keys]);
        var command = new CommandWithExamples(
            "completion",
            "Prints a script with which a shell completes commands and options.",
            "dispatcher completion bash >> ~/.bashrc",
            "source <(dispatcher completion zsh)",
            "dispatcher completion fish > ~/.config/fish/completions/dispatcher.fish",
            "dispatcher completion pwsh | Out-String | Invoke-Expression") { shell };
        command.SetAction(parsed => terminal.Out.WriteLine(CompletionScript.All[parsed.GetValue(shell)!]));
        return command;
    }
}
