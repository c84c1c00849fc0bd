using System.CommandLine;
using Dispatcher.Simulator.Scenarios;

namespace Dispatcher.Simulator;

/// <summary>The program from start to signal.</summary>
internal static class SimulatorRun
{
    private const int Failed = 1;

    public static async Task<int> RunAsync(
        SimulatorOptions options, InvocationConfiguration terminal, TimeProvider time, Func<double> chance, string? scenario,
        CancellationToken stop)
    {
        OutsideWorld world;
        try
        {
            var played = scenario is null ? options : options with { Scenario = Scenario.Load(scenario) };
            world = await OutsideWorld.StartAsync(played, time, chance, stop);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            await terminal.Error.WriteLineAsync($"simulator: {problem.Message}");
            return Failed;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }

        await using (world)
        {
            await terminal.Output.WriteLineAsync($"ready {world.Manifest.ToJson()}");
            await terminal.Output.FlushAsync(CancellationToken.None);
            await UntilAsync(stop);
        }

        return 0;
    }

    private static async Task UntilAsync(CancellationToken stop)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Register(stopped.SetResult);
        await stopped.Task;
    }
}
