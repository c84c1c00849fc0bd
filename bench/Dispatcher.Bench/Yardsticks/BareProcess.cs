using System.Text.Json;
using Dispatcher.Bench.Sinks;
using Dispatcher.Bench.Stage;
using Dispatcher.Chaos.Stage;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Bench.Yardsticks;

/// <summary><see cref="BareLoop"/> in a process of its own.</summary>
internal static class BareProcess
{
    public static async Task<SteadyState> RunAsync(Provider provider, Sink sink, StageFiles files, int pushes)
    {
        await using var program = ChildProgram.Start(
            "Dispatcher.Bench",
            ["bare", "--provider", $"{provider}", "--endpoint", sink.Address.AbsoluteUri, "--certificate", files.Certificate, "--pushes", $"{pushes}"],
            Runtime.Settings);
        await Patience.WhileMovingAsync(
            () => program.HasExited,
            () => (long)sink.Processor.TotalMilliseconds,
            () => "the bare loop stands still");
        if (await program.ExitedAsync() != 0)
            throw new InvalidOperationException($"The bare loop failed: {string.Join('\n', program.Lines.TakeLast(5))}");
        return JsonSerializer.Deserialize<SteadyState>(program.Lines.Last(line => line.StartsWith('{')))!;
    }
}
