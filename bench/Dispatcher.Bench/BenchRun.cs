using Dispatcher.Bench.Accepting;
using Dispatcher.Bench.Draining;
using Dispatcher.Bench.Growing;
using Dispatcher.Bench.Holding;
using Dispatcher.Bench.Reports;
using Dispatcher.Bench.Scaling;
using Dispatcher.Bench.Sinks;
using Dispatcher.Bench.Stage;
using Dispatcher.Bench.Waiting;

namespace Dispatcher.Bench;

/// <summary>Every group that was asked for, one after another: nothing else runs meanwhile.</summary>
internal sealed class BenchRun(BenchOptions options, Action<string> say, TimeProvider time)
{
    public async Task<Report> RunAsync()
    {
        var machine = Machine.Read(time);
        if (!machine.IsCalm)
            say($"The machine is busy (load average {machine.Load:N2}): the figures will be wrong.");
        using var files = new StageFiles(time);
        var report = new Report(machine, [.. Conditions()]);
        if (options.Has("worker"))
            report.Add(await new WorkerBench(options, files, say, time).RunAsync());
        if (options.Has("api"))
            report.Add(await new ApiBench(options, files, say, time).RunAsync());
        if (options.Has("latency"))
            await new LatencyBench(options, files, say, time).RunAsync(report);
        if (options.Has("memory"))
            report.Add(await new MemoryBench(options, files, say, time).RunAsync());
        if (options.Has("scaling"))
            await new ScalingBench(options, files, say, time).RunAsync(report);
        if (options.Has("start"))
            report.Add(await new StartBench(options, files, say, time).RunAsync());
        if (options.Has("growth"))
            report.Add([.. await new WorkerGrowth(options, files, say, time).RunAsync(), .. await new ApiGrowth(options, files, say, time).RunAsync()]);
        return report;
    }

    private IEnumerable<string> Conditions()
    {
        yield return $"Medians of {options.Runs} runs, in turns with what they are compared with; steady state only (from {SteadyState.From:P0} to {SteadyState.To:P0} of the pushes)";
        yield return $"Backlog of {options.Pushes:N0} pushes; Kafka: {options.Kafka ?? "in memory (librdkafka's mock cluster), a process of its own"}";
        yield return $"Sink: {(Nginx.Executable is not null ? "nginx" : "the bench's own on Kestrel, for nginx is not installed")}, a process of its own; all processes share this machine";
        yield return $"Every process: {string.Join(", ", Runtime.Settings.Select(setting => $"{setting.Key}={setting.Value}"))}";
    }
}
