using Dispatcher.Bench.Draining;
using Dispatcher.Bench.Reports;
using Dispatcher.Bench.Sinks;
using Dispatcher.Bench.Stage;
using Dispatcher.Chaos.Stage;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Bench.Waiting;

/// <summary>From the start of a worker's process to the arrival of its first push at the provider.</summary>
internal sealed class StartBench(BenchOptions options, StageFiles files, Action<string> say, TimeProvider time)
{
    private const int Pushes = 5_000;
    private const int InFlight = 1_000;

    private static readonly Lane Lane = new(Provider.Apns, PushClass.Urgent);

    public async Task<IReadOnlyList<Row>> RunAsync()
    {
        await using var sink = await Sink.StartAsync(files, TimeSpan.Zero, recorded: Pushes);
        var layout = new TopicLayout(TopicLayout.Unique("start", time), 8, Lane);
        await using var kafka = await BenchKafka.StartAsync(options.Kafka, files, layout);
        kafka.Fill(layout, Lane, Pushes, time);
        var runs = new List<double>();
        for (var run = 1; run <= options.Runs; run++)
        {
            await sink.ClearAsync();
            var begun = time.GetTimestamp();
            await using var worker = await Service.StartAsync("Dispatcher.Worker", WorkerSettings.For(sink, kafka, layout, $"bench-{run}", InFlight), time);
            long first = 0;
            await Patience.UntilAsync(
                async () => (first = (await sink.ArrivalsAsync()).Where(arrival => arrival > 0).DefaultIfEmpty().Min()) > 0,
                () => "no push has arrived");
            runs.Add(time.GetElapsedTime(begun, first).TotalSeconds);
            say($"start run {run}: first push after {runs[^1]:N2} s");
        }

        return [new Row("start", "Start of a worker to its first push", "s", runs, Budget.AtMost(1.5))];
    }
}
