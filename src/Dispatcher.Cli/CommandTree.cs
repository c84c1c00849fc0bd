using System.CommandLine;
using System.CommandLine.Help;
using Confluent.Kafka;
using Dispatcher.Cli.Checks;
using Dispatcher.Cli.Completion;
using Dispatcher.Cli.DeadLetters;
using Dispatcher.Cli.Health;
using Dispatcher.Cli.Http;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Keys;
using Dispatcher.Cli.Lag;
using Dispatcher.Cli.Load;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Push;
using Dispatcher.Cli.Simulate;
using Dispatcher.Cli.Tail;
using Dispatcher.Cli.Topics;
using Dispatcher.Cli.Up;

namespace Dispatcher.Cli;

/// <summary>Every command, and what happens when one fails: a line, an exit code, and a stack trace only for those who asked.</summary>
/// <param name="terminal">Where commands write.</param>
/// <param name="time">The clock.</param>
/// <param name="random">0 to 1.</param>
internal sealed class CommandTree(Terminal terminal, TimeProvider time, Func<double> random)
{
    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">What the user typed.</param>
    /// <param name="stop">Ctrl-C or SIGTERM.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        var parsed = Create().Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            terminal.Error.WriteLine($"dispatcher: {UsageProblem.Of(parsed)}");
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
            return Tell(e, parsed.GetValue(Verbosity.Option), stop);
        }
    }

    internal RootCommand Create()
    {
        var root = new RootCommand("Sends push notifications to APNs and FCM through Kafka, and loses none that it accepted.")
        {
            new UpCommand(terminal, time, Verbosity.Option).Create(),
            new PushCommand(terminal, time, random).Create(),
            new LoadCommand(terminal, time).Create(),
            DeadLettersCommand.Create(terminal, time),
            new CheckCommand(terminal, time, random).Create(),
            new LagCommand(terminal, time).Create(),
            new TopicsCommand(terminal).Create(),
            new TailCommand(terminal, time).Create(),
            new KeysCommand(terminal, time).Create(),
            new HealthCommand(terminal, () => Connections.Open(), time).Create(),
            SimulateCommand.Create(),
            CompletionCommand.Create(terminal),
            Verbosity.Option,
        };
        root.HelpName = "dispatcher";
        var help = root.Options.OfType<HelpOption>().Single();
        foreach (var slash in (string[])["/?", "/h"]) // nobody's option here, and a completion would offer them
            help.Aliases.Remove(slash);
        help.Action = new HelpExamples((HelpAction)help.Action!);
        return root;
    }

    private int Tell(Exception problem, bool verbose, CancellationToken stop)
    {
        if (problem is OperationCanceledException && stop.IsCancellationRequested)
            return ExitCode.Failure; // whoever pressed Ctrl-C knows why
        if (Terminal.IsClosedPipe(problem))
            return ExitCode.Success; // whoever reads has enough
        var failure = problem as CommandFailedException ?? (problem is KafkaException kafka ? KafkaProblem.Of(TopicOffsets.Cause(kafka), "go on") : null);
        terminal.Error.WriteLine($"dispatcher: {(verbose ? problem.ToString() : (failure ?? problem).Message)}");
        return failure?.ExitCode ?? ExitCode.Failure;
    }
}
