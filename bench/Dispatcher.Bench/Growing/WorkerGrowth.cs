using Dispatcher.Bench.Draining;
using Dispatcher.Bench.Reports;
using Dispatcher.Bench.Sinks;
using Dispatcher.Bench.Stage;
using Dispatcher.Bench.Yardsticks;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Bench.Growing;

/// <summary>What a push costs a worker when there is more of something: bytes in it, apps, partitions. Each is compared with the usual push.</summary>
internal sealed class WorkerGrowth(BenchOptions options, StageFiles files, Action<string> say, TimeProvider time)
{
    private const int Apps = 100;

    // Of what in-memory Kafka keeps of a partition, less a margin.
    private const int BytesPerPartition = 4 * 1024 * 1024;

    private static readonly Lane Lane = new(Provider.Apns, PushClass.Urgent);

    // A quarter of the backlog that the other groups drain: there are many of them, and they are compared with each other only.
    private readonly int _pushes = options.Pushes / 4;

    public async Task<IReadOnlyList<Row>> RunAsync()
    {
        await using var sink = await Sink.StartAsync(files);
        var usual = BenchKafka.PartitionsFor(_pushes);
        Case[] cases =
        [
            new("as usual: 200 bytes of payload, 1 app", _pushes, usual, Filler: 0, Apps: 1),
            new("1 KB of payload", _pushes, Partitions(_pushes, 800), Filler: 800, Apps: 1),
            new("3.7 KB of payload", _pushes / 2, Partitions(_pushes / 2, 3_500), Filler: 3_500, Apps: 1),
            new($"{Apps} apps", _pushes, usual, Filler: 0, Apps),
            new($"{usual * 8} partitions instead of {usual}", _pushes, usual * 8, Filler: 0, Apps: 1),
        ];
        var layouts = cases.ToDictionary(each => each, each => new TopicLayout(TopicLayout.Unique($"growth{Array.IndexOf(cases, each)}", time), each.Partitions, Lane));
        await using var kafka = await BenchKafka.StartAsync(options.Kafka, files, [.. layouts.Values]);
        foreach (var (each, layout) in layouts)
            kafka.Fill(layout, Lane, each.Pushes, each.Push(time), time);

        var runs = cases.ToDictionary(each => each, _ => new List<SteadyState>());
        for (var run = 1; run <= options.Runs; run++)
        {
            foreach (var each in cases)
            {
                runs[each].Add(await DrainAsync(sink, kafka, layouts[each], $"bench-{run}", each));
                say($"growth run {run}: {each.Name,-40} {runs[each][^1]}");
            }
        }

        return [.. cases.SelectMany(each => Rows(each.Name, runs[each]))];
    }

    private static int Partitions(int pushes, int filler) => Math.Max(BenchKafka.PartitionsFor(pushes), (int)((long)pushes * (filler + 400) / BytesPerPartition) + 1);

    private static IEnumerable<Row> Rows(string what, IReadOnlyList<SteadyState> runs)
    {
        yield return new("growth", $"A push in the worker, {what}: processor time", "µs", [.. runs.Select(run => run.CpuMicroseconds)]);
        yield return new("growth", $"A push in the worker, {what}: allocated", "B", [.. runs.Select(run => run.Bytes)]);
    }

    private async Task<SteadyState> DrainAsync(Sink sink, BenchKafka kafka, TopicLayout layout, string group, Case each)
    {
        var settings = WorkerSettings.For(sink, kafka, layout, group, ConnectionShape.Of(Lane.Provider).InFlight);
        foreach (var (name, value) in settings.Where(setting => setting.Key.StartsWith($"Apps:{Samples.Ios}:", StringComparison.Ordinal)).ToList())
        {
            for (var app = 1; app < each.Apps; app++)
                settings[name.Replace(Samples.Ios, $"{Samples.Ios}-{app}", StringComparison.Ordinal)] = value;
        }

        await using var worker = await Service.StartAsync("Dispatcher.Worker", settings, time);
        return await new Drain(worker, each.Pushes, time).WatchAsync();
    }

    private sealed record Case(string Name, int Pushes, int Partitions, int Filler, int Apps)
    {
        public Func<int, PushNotification> Push(TimeProvider time) => number =>
        {
            var push = Samples.Push(Lane.Provider, number, time.GetUtcNow(), Filler);
            return number % Apps is > 0 and var app ? push with { App = $"{push.App}-{app}" } : push;
        };
    }
}
