using Dispatcher.Bench.Draining;
using Dispatcher.Bench.Reports;
using Dispatcher.Bench.Sinks;
using Dispatcher.Bench.Stage;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Bench.Scaling;

/// <summary>
/// What more workers bring where the provider's latency is the limit and not the machine: few pushes in flight in each, so that the processor
/// has time left for all of them.
/// </summary>
internal sealed class ScalingBench(BenchOptions options, StageFiles files, Action<string> say, TimeProvider time)
{
    private const int InFlight = 30;

    private static readonly int[] Workers = [1, 2, 4];
    private static readonly Lane Lane = new(Provider.Apns, PushClass.Urgent);

    public async Task RunAsync(Report report)
    {
        await using var sink = await Sink.StartAsync(files, BenchOptions.ProviderLatency);
        // As much as the most workers can send from the first start to the end, and a half more; twelve partitions, or a multiple, share out evenly.
        var pushes = (int)(1.5 * Workers.Max() * Ideal * (options.Stretch + TimeSpan.FromSeconds(15)).TotalSeconds);
        var layout = new TopicLayout(TopicLayout.Unique("scaling", time), (BenchKafka.PartitionsFor(pushes) + 11) / 12 * 12, Lane);
        await using var kafka = await BenchKafka.StartAsync(options.Kafka, files, layout);
        kafka.Fill(layout, Lane, pushes, time);

        var runs = Workers.ToDictionary(count => count, _ => new List<double>());
        for (var run = 1; run <= options.Runs; run++)
        {
            foreach (var count in Workers)
            {
                var rate = await MeasureAsync(sink, kafka, layout, count, $"bench-{run}-{count}");
                runs[count].Add(rate);
                say($"scaling run {run}: {count} workers {rate:N0}/s");
            }
        }

        Row[] rows =
        [
            .. Workers.Select(count => new Row("scaling", $"{count} workers with {InFlight} in flight each, {BenchOptions.ProviderLatency.TotalMilliseconds} ms latency", "/s", runs[count])),
            .. Workers.Skip(1).Select(count => new Row(
                "scaling",
                $"rate, {count} workers to one",
                "times",
                [.. runs[count].Zip(runs[1], (many, one) => many / one)],
                count == 4 ? Budget.AtLeast(3.6) : null)),
        ];
        report.Add(rows);
        report.Plot("scaling.svg", "Workers, where latency is the limit", new LinePlot(
            "Workers, where latency is the limit", "workers", "pushes a second", IsLogarithmic: false,
            [
                new Series("measured", [.. Workers.Select((count, at) => ((double)count, rows[at].Median!.Value))]),
                new Series("in flight / latency", [.. Workers.Select(count => ((double)count, count * Ideal))]),
            ]).Svg());
    }

    private static double Ideal => InFlight / BenchOptions.ProviderLatency.TotalSeconds;

    private async Task<double> MeasureAsync(Sink sink, BenchKafka kafka, TopicLayout layout, int count, string group)
    {
        var workers = new List<Service>();
        try
        {
            for (var i = 0; i < count; i++)
                workers.Add(await Service.StartAsync("Dispatcher.Worker", WorkerSettings.For(sink, kafka, layout, group, InFlight), time));
            foreach (var worker in workers)
                await worker.ReadyAsync();
            await Task.Delay(TimeSpan.FromSeconds(5), time); // the last rebalance ends, code is compiled
            var first = await Task.WhenAll(workers.Select(worker => worker.ReadAsync()));
            await Task.Delay(options.Stretch, time);
            var last = await Task.WhenAll(workers.Select(worker => worker.ReadAsync()));
            return first.Zip(last, SteadyState.Between).Sum(state => state.Rate);
        }
        finally
        {
            foreach (var worker in workers)
                await worker.DisposeAsync();
        }
    }
}
