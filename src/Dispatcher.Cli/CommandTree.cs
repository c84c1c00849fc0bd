using System.CommandLine;
using System.CommandLine.Help;
using Dispatcher.Cli.DeadLetters;
using Dispatcher.Cli.Load;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Push;
using Dispatcher.Cli.Simulate;
using Dispatcher.Cli.Up;

namespace Dispatcher.Cli;

/// <summary>Every command, and what happens when one fails: a line, an exit code, and a stack trace only for those who asked.</summary>
/// <param name="terminal">Where commands write.</param>
/// <param name="time">The clock.</param>
/// <param name="random">0 to 1.</param>
internal sealed class CommandTree(Terminal terminal, TimeProvider time, Func<double> random)
{
    private readonly Option<bool> _verbose = new("--verbose") { Description = "Say more: children's logs, stack traces", Recursive = true };

    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">What the user typed.</param>
    /// <param name="stop">Ctrl-C or SIGTERM.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        var parsed = Create().Parse(arguments);
        if (parsed.Errors is [var error, ..])
        {
            var problem = parsed.UnmatchedTokens is [var token, ..] ? $"'{token}' is no command or option here." : error.Message;
            var line = string.Join(' ', problem.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)); // some have several
            terminal.Error.WriteLine($"dispatcher: {line} See dispatcher --help.");
            return ExitCode.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = terminal.Out,
                    Error = terminal.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null, // signals arrive as `stop`; draining takes as long as it takes
                },
                stop);
        }
        catch (Exception e)
        {
            return Tell(e, parsed.GetValue(_verbose), stop);
        }
    }

    internal RootCommand Create()
    {
        var root = new RootCommand("Sends push notifications to APNs and FCM through Kafka, and loses none that it accepted.")
        {
            new UpCommand(terminal, time, _verbose).Create(),
            new PushCommand(terminal, time, random).Create(),
            new LoadCommand(terminal, time).Create(),
            DeadLettersCommand.Create(terminal, time),
            SimulateCommand.Create(),
            _verbose,
        };
        root.HelpName = "dispatcher";
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpExamples((HelpAction)help.Action!);
        return root;
    }

    private int Tell(Exception problem, bool verbose, CancellationToken stop)
    {
        if (problem is OperationCanceledException && stop.IsCancellationRequested)
            return ExitCode.Failure; // whoever pressed Ctrl-C knows why
        terminal.Error.WriteLine($"dispatcher: {(verbose ? problem.ToString() : problem.Message)}");
        return problem is CommandFailedException failed ? failed.ExitCode : ExitCode.Failure;
    }
}
