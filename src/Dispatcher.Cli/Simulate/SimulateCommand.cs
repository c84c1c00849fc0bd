using System.CommandLine;
using System.Diagnostics;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Processes;

namespace Dispatcher.Cli.Simulate;

/// <summary><c>dispatcher simulate</c>: the simulator by itself, with the options that it documents.</summary>
internal static class SimulateCommand
{
    public static Command Create()
    {
        var command = new CommandWithExamples(
            "simulate",
            "Runs the simulator by itself; its own options follow --.",
            "dispatcher simulate -- --help",
            "dispatcher simulate -- --apns-port 9443 --no-kafka --latency 60ms",
            "dispatcher simulate -- --no-kafka --scenario samples/scenarios/fcm-outage.json")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        command.SetAction((parsed, stop) => RunAsync(parsed.UnmatchedTokens, stop));
        return command;
    }

    private static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        var start = Executable.Find("Dispatcher.Simulator", AppContext.BaseDirectory).Start(arguments);
        start.WorkingDirectory = Environment.CurrentDirectory; // paths in its options are the user's
        using var simulator = Process.Start(start)!;
        await using var forward = stop.Register(() => _ = OperatingSystem.IsWindows() ? 0 : Libc.Signal(simulator.Id, Libc.Terminate));
        await simulator.WaitForExitAsync(CancellationToken.None);
        return simulator.ExitCode;
    }
}
