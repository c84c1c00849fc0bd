using Dispatcher.Bench.Draining;
using Dispatcher.Bench.Reports;
using Dispatcher.Bench.Sinks;
using Dispatcher.Bench.Stage;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Bench.Holding;

/// <summary>The most memory that a worker holds while it works: with more and more in flight, and with more and more waiting in Kafka.</summary>
internal sealed class MemoryBench(BenchOptions options, StageFiles files, Action<string> say, TimeProvider time)
{
    private const int BudgetMib = 200;
    private const double Flat = 1.1;

    private static readonly int[] InFlights = [1_000, 3_000, 10_000];
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);
    private static readonly Lane Lane = new(Provider.Apns, PushClass.Urgent);

    private int _group;

    public async Task<IReadOnlyList<Row>> RunAsync()
    {
        await using var sink = await Sink.StartAsync(files, BenchOptions.ProviderLatency);
        var layouts = options.Backlogs.ToDictionary(
            backlog => backlog,
            backlog => new TopicLayout(TopicLayout.Unique($"{backlog}", time), BenchKafka.PartitionsFor(backlog), Lane));
        await using var kafka = await BenchKafka.StartAsync(options.Kafka, files, [.. layouts.Values]);
        foreach (var (backlog, layout) in layouts)
            kafka.Fill(layout, Lane, backlog, time);

        var most = layouts[options.Backlogs.Max()];
        var inFlights = InFlights.ToDictionary(inFlight => inFlight, _ => new List<(double Mib, int InFlight)>());
        var backlogs = options.Backlogs.ToDictionary(backlog => backlog, _ => new List<(double Mib, int InFlight)>());
        for (var run = 1; run <= options.Runs; run++)
        {
            foreach (var inFlight in InFlights)
                inFlights[inFlight].Add(await HoldAsync(sink, kafka, most, inFlight, $"run {run}: {inFlight:N0} in flight"));
            foreach (var backlog in options.Backlogs)
                backlogs[backlog].Add(await HoldAsync(sink, kafka, layouts[backlog], 1_000, $"run {run}: a backlog of {backlog:N0}"));
        }

        var latency = $"{BenchOptions.ProviderLatency.TotalMilliseconds} ms";
        return
        [
            .. InFlights.Select(inFlight => new Row(
                "memory",
                $"Peak memory (RSS) of a worker, {inFlight:N0} in flight at {latency} (seen: {inFlights[inFlight].Max(held => held.InFlight):N0})",
                "MiB",
                [.. inFlights[inFlight].Select(held => held.Mib)],
                inFlight == 3_000 ? Budget.AtMost(BudgetMib) : null)),
            .. options.Backlogs.Select(backlog => new Row(
                "memory", $"Peak memory (RSS) of a worker, a backlog of {backlog:N0}", "MiB", [.. backlogs[backlog].Select(held => held.Mib)])),
            new Row(
                "memory",
                $"Memory, a backlog of {options.Backlogs[2]:N0} to one of {options.Backlogs[1]:N0}",
                "times",
                [.. backlogs[options.Backlogs[2]].Zip(backlogs[options.Backlogs[1]], (large, small) => large.Mib / small.Mib)],
                Budget.AtMost(Flat)),
        ];
    }

    /// <summary>Has a fresh worker drain for a stretch, the beginning included.</summary>
    private async Task<(double Mib, int InFlight)> HoldAsync(Sink sink, BenchKafka kafka, TopicLayout layout, int inFlight, string what)
    {
        var settings = WorkerSettings.For(sink, kafka, layout, $"bench-{++_group}", inFlight);
        await using var worker = await Service.StartAsync("Dispatcher.Worker", settings, time);
        await worker.ReadyAsync();
        var begun = time.GetTimestamp();
        using var timer = new PeriodicTimer(LookInterval, time);
        var (seen, settled) = (0, 0L);
        while (time.GetElapsedTime(begun) < options.Stretch)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
            var reading = await worker.ReadAsync();
            (seen, settled) = (Math.Max(seen, reading.InFlight), reading.Settled);
        }

        var mib = worker.Figures.PeakMemory / (1024.0 * 1024);
        say($"memory {what}: {mib:N0} MiB, at most {seen:N0} in flight, {settled:N0} settled");
        return (mib, seen);
    }
}
