using Dispatcher.Bench.Accepting;
using Dispatcher.Bench.Reports;
using Dispatcher.Bench.Sinks;
using Dispatcher.Bench.Stage;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Bench.Growing;

/// <summary>What a push costs the API when a request has more of them.</summary>
internal sealed class ApiGrowth(BenchOptions options, StageFiles files, Action<string> say, TimeProvider time)
{
    private const int Requests = 100;

    private static readonly int[] Targets = [1, 10, 100, 1_000];

    public async Task<IReadOnlyList<Row>> RunAsync()
    {
        await using var sink = await Sink.StartAsync(files); // only names the apps
        var layout = new TopicLayout(TopicLayout.Unique("targets", time), 12, new Lane(Provider.Apns, PushClass.Urgent));
        await using var kafka = await BenchKafka.StartAsync(options.Kafka, files, layout);
        await using var api = await Service.StartAsync("Dispatcher.Api", ApiSettings.For(sink, kafka, layout), time);
        await api.ReadyAsync();
        var load = new ApiLoad(api, options.Stretch, time);
        var runs = Targets.ToDictionary(targets => targets, _ => new List<SteadyState>());
        for (var run = 1; run <= options.Runs; run++)
        {
            foreach (var targets in Targets)
            {
                byte[][] requests = [.. Enumerable.Range(0, Requests).Select(number => HttpLoad.Post("/push", "application/json", Samples.Request(Provider.Apns, number, targets)))];
                runs[targets].Add(await load.MeasureAsync(requests, connections: Math.Max(8, 256 / targets), targets));
                say($"growth run {run}: {targets,5} targets a request {runs[targets][^1]}");
            }
        }

        return
        [
            .. Targets.SelectMany(targets => (Row[])
            [
                new("growth", $"A push in the API, {targets:N0} to a request: processor time", "µs", [.. runs[targets].Select(run => run.CpuMicroseconds)]),
                new("growth", $"A push in the API, {targets:N0} to a request: allocated", "B", [.. runs[targets].Select(run => run.Bytes)]),
            ]),
        ];
    }
}
