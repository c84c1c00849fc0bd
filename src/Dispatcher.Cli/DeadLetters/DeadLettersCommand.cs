using System.CommandLine;
using Dispatcher.Cli.DeadLetters.Replaying;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.DeadLetters;

/// <summary><c>dispatcher dead-letters</c>.</summary>
internal static class DeadLettersCommand
{
    public static Command Create(Terminal terminal, TimeProvider time) => new("dead-letters", "What could not be sent: look, keep, send again, delete.")
    {
        new ListCommand(terminal, time).Create(),
        new ShowCommand(terminal, time).Create(),
        new ReplayCommand(terminal, time).Create(),
        new ExportCommand(terminal, time).Create(),
        new ImportCommand(terminal, time).Create(),
        new PurgeCommand(terminal, time).Create(),
    };
}
