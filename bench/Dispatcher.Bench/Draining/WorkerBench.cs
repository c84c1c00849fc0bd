using Dispatcher.Bench.Reports;
using Dispatcher.Bench.Sinks;
using Dispatcher.Bench.Stage;
using Dispatcher.Bench.Yardsticks;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Bench.Draining;

/// <summary>The whole worker against the bare loop: both send the same bytes over as many connections to the same sink, in turns.</summary>
internal sealed class WorkerBench(BenchOptions options, StageFiles files, Action<string> say, TimeProvider time)
{
    public async Task<IReadOnlyList<Row>> RunAsync()
    {
        await using var sink = await Sink.StartAsync(files);
        var lanes = Enum.GetValues<Provider>().Select(provider => new Lane(provider, PushClass.Urgent)).ToArray();
        var layouts = lanes.ToDictionary(
            lane => lane,
            lane => new TopicLayout(TopicLayout.Unique(lane.Name, time), BenchKafka.PartitionsFor(options.Pushes), lane));
        await using var kafka = await BenchKafka.StartAsync(options.Kafka, files, [.. layouts.Values]);
        foreach (var (lane, layout) in layouts)
        {
            var begun = time.GetTimestamp();
            kafka.Fill(layout, lane, options.Pushes, time);
            say($"{options.Pushes:N0} pushes in {layout.LanePartitions} partitions of {lane}, in {time.GetElapsedTime(begun).TotalSeconds:N0} s");
        }

        var runs = lanes.ToDictionary(lane => lane, _ => new List<(SteadyState Bare, SteadyState Worker)>());
        var clients = OutsideClient.All(sink, files, options.Pushes);
        var outside = clients.ToDictionary(client => client.Name, _ => new List<double>());
        for (var run = 1; run <= options.Runs; run++)
        {
            foreach (var client in clients.Select(client => client.Client).OfType<OutsideClient>())
            {
                outside[client.Name].Add(await client.RunAsync(time));
                say($"{client.Name} run {run}: {outside[client.Name][^1]:N0}/s");
            }

            foreach (var lane in lanes)
            {
                await sink.SeenAsync(); // forgets what others sent
                var bare = await BareProcess.RunAsync(lane.Provider, sink, files, options.Pushes);
                var seen = await sink.SeenAsync();
                say($"{lane.Provider,-5} run {run}: bare   {bare}");
                var worker = await DrainAsync(sink, kafka, layouts[lane], $"bench-{run}", ConnectionShape.Of(lane.Provider).InFlight);
                if (seen is not null && await sink.SeenAsync() is { } other && seen.DifferenceTo(other) is { } difference)
                    say($"The worker's request differs from the bare loop's: {difference}");
                say($"{lane.Provider,-5} run {run}: worker {worker}");
                runs[lane].Add((bare, worker));
            }
        }

        return
        [
            .. clients.Select(client => new Row(
                "worker", $"APNs: {client.Name}, rate", "/s", outside[client.Name], Note: client.Client is null ? "not installed" : null)),
            .. lanes.SelectMany(lane => Rows(lane.Provider == Provider.Apns ? "APNs" : "FCM", runs[lane])),
        ];
    }

    private async Task<SteadyState> DrainAsync(Sink sink, BenchKafka kafka, TopicLayout layout, string group, int inFlight)
    {
        var settings = WorkerSettings.For(sink, kafka, layout, group, inFlight);
        await using var worker = await Service.StartAsync("Dispatcher.Worker", settings, time);
        return await new Drain(worker, options.Pushes, time).WatchAsync();
    }

    private static IEnumerable<Row> Rows(string provider, IReadOnlyList<(SteadyState Bare, SteadyState Worker)> runs)
    {
        Row Of(string what, string unit, Func<(SteadyState Bare, SteadyState Worker), double> figure, Budget? budget = null) =>
            new("worker", $"{provider}: {what}", unit, [.. runs.Select(figure)], budget);
        yield return Of("bare loop, rate", "/s", run => run.Bare.Rate);
        yield return Of("bare loop, processor time a push", "µs", run => run.Bare.CpuMicroseconds);
        yield return Of("bare loop, allocated a push", "B", run => run.Bare.Bytes);
        yield return Of("worker, rate", "/s", run => run.Worker.Rate);
        yield return Of("worker, processor time a push", "µs", run => run.Worker.CpuMicroseconds);
        yield return Of("worker, allocated a push", "B", run => run.Worker.Bytes, Budget.AtMost(6 * 1024));
        yield return Of("processor time, worker to bare loop", "times", run => run.Worker.CpuMicroseconds / run.Bare.CpuMicroseconds, Budget.AtMost(1.35));
        yield return Of("rate, worker to bare loop", "times", run => run.Worker.Rate / run.Bare.Rate, Budget.AtLeast(0.7));
    }
}
