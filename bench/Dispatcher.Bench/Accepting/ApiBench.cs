using Dispatcher.Bench.Reports;
using Dispatcher.Bench.Sinks;
using Dispatcher.Bench.Stage;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Bench.Accepting;

/// <summary>What accepting costs: an endpoint that does nothing, single pushes, batches; with one API and keep-alive connections, in turns.</summary>
internal sealed class ApiBench(BenchOptions options, StageFiles files, Action<string> say, TimeProvider time)
{
    private const int Tokens = 1_000;
    private const int BatchLines = 1_000;

    public async Task<IReadOnlyList<Row>> RunAsync()
    {
        await using var sink = await Sink.StartAsync(files); // only names the apps
        var lane = new Lane(Provider.Apns, PushClass.Urgent);
        var layout = new TopicLayout(TopicLayout.Unique("api", time), 12, lane);
        await using var kafka = await BenchKafka.StartAsync(options.Kafka, files, layout);
        await using var api = await Service.StartAsync("Dispatcher.Api", ApiSettings.For(sink, kafka, layout), time);
        await api.ReadyAsync();
        var load = new ApiLoad(api, options.Stretch, time);

        string[] bodies = [.. Enumerable.Range(0, Tokens).Select(number => Samples.Request(Provider.Apns, number))];
        Kind[] kinds =
        [
            new("empty endpoint", [HttpLoad.Get("/health/live")], Connections: 256, Pushes: 1),
            new("POST /push", [.. bodies.Select(body => HttpLoad.Post("/push", "application/json", body))], Connections: 256, Pushes: 1),
            new("POST /push/batch", [HttpLoad.Post("/push/batch", "application/x-ndjson", string.Join('\n', bodies.Take(BatchLines)) + "\n")], Connections: 8, BatchLines),
        ];
        var runs = kinds.ToDictionary(kind => kind, _ => new List<SteadyState>());
        for (var run = 1; run <= options.Runs; run++)
        {
            foreach (var kind in kinds)
            {
                var state = await load.MeasureAsync(kind.Requests, kind.Connections, kind.Pushes);
                say($"API run {run}: {kind.Name,-17} {state}");
                runs[kind].Add(state);
            }
        }

        return [.. Rows(runs[kinds[0]], runs[kinds[1]], runs[kinds[2]])];
    }

    private static IEnumerable<Row> Rows(IReadOnlyList<SteadyState> empty, IReadOnlyList<SteadyState> single, IReadOnlyList<SteadyState> batch)
    {
        Row Of(string what, string unit, IEnumerable<double> figures, Budget? budget = null) => new("api", $"API: {what}", unit, [.. figures], budget);
        yield return Of("empty endpoint, rate", "/s", empty.Select(run => run.Rate));
        yield return Of("empty endpoint, processor time a request", "µs", empty.Select(run => run.CpuMicroseconds));
        yield return Of("POST /push, rate", "/s", single.Select(run => run.Rate));
        yield return Of("POST /push, processor time a push", "µs", single.Select(run => run.CpuMicroseconds));
        yield return Of("POST /push, allocated a push", "B", single.Select(run => run.Bytes));
        yield return Of("POST /push/batch, pushes", "/s", batch.Select(run => run.Rate));
        yield return Of("POST /push/batch, processor time a push", "µs", batch.Select(run => run.CpuMicroseconds));
        yield return Of("POST /push/batch, allocated a push", "B", batch.Select(run => run.Bytes));
        yield return Of("rate, POST /push to empty endpoint", "times", single.Zip(empty, (push, nothing) => push.Rate / nothing.Rate), Budget.AtLeast(0.5));
        yield return Of("rate, batch to single", "times", batch.Zip(single, (many, one) => many.Rate / one.Rate), Budget.AtLeast(3));
    }

    private sealed record Kind(string Name, IReadOnlyList<byte[]> Requests, int Connections, int Pushes);
}
