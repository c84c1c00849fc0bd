using Dispatcher.Bench.Accepting;
using Dispatcher.Bench.Draining;
using Dispatcher.Bench.Reports;
using Dispatcher.Bench.Sinks;
using Dispatcher.Bench.Stage;
using Dispatcher.Chaos.Stage;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Bench.Waiting;

/// <summary>
/// From the moment when a request should have been sent to the moment when its push arrives at the provider. Both are read off the kernel's
/// monotonic clock, which all processes of a machine share, so nothing has to be set or corrected.
/// </summary>
internal sealed class LatencyBench(BenchOptions options, StageFiles files, Action<string> say, TimeProvider time)
{
    private const int InFlight = 1_000;

    private static readonly int[] Rates = [500, 2_000, 5_000];
    private static readonly double[] Shares = [0.5, 0.9, 0.99, 0.999];
    private static readonly Lane Lane = new(Provider.Apns, PushClass.Urgent);

    public async Task RunAsync(Report report)
    {
        var most = (int)(Rates.Max() * options.Stretch.TotalSeconds);
        await using var sink = await Sink.StartAsync(files, BenchOptions.ProviderLatency, recorded: most);
        var layout = new TopicLayout(TopicLayout.Unique("latency", time), 4, Lane);
        await using var kafka = await BenchKafka.StartAsync(options.Kafka, files, layout);
        await using var api = await Service.StartAsync("Dispatcher.Api", ApiSettings.For(sink, kafka, layout), time);
        var settings = WorkerSettings.For(sink, kafka, layout, "bench", InFlight);
        if (kafka.IsInMemory)
            settings["Kafka:Properties:fetch.wait.max.ms"] = "2"; // a real broker answers when there is something, the mock when the wait is over
        await using var worker = await Service.StartAsync("Dispatcher.Worker", settings, time);
        await api.ReadyAsync();
        await worker.ReadyAsync();
        await MeasureAsync(api, sink, Rates[1]); // connections, compilation

        var runs = Rates.ToDictionary(rate => rate, _ => new List<double[]>());
        for (var run = 1; run <= options.Runs; run++)
        {
            foreach (var rate in Rates)
            {
                var latencies = await MeasureAsync(api, sink, rate);
                double[] figures = [.. Shares.Select(share => latencies[(int)Math.Min(latencies.Length - 1, share * latencies.Length)])];
                runs[rate].Add(figures);
                say($"latency run {run}: {rate,5}/s  {string.Join("  ", Shares.Zip(figures, (share, ms) => $"{Name(share)} {ms:N1} ms"))}");
            }
        }

        var rows = Rates.SelectMany(rate => Shares.Select((share, index) => new Row(
            "latency", $"Accept to provider at {rate:N0}/s, {Name(share)}", "ms", [.. runs[rate].Select(figures => figures[index])], Budget(rate, share)))).ToList();
        report.Add(rows);
        report.Plot("latency.svg", "From accepted to the provider", new LinePlot(
            "From accepted to the provider", "pushes a second", "ms", IsLogarithmic: true,
            [.. Shares.Select((share, index) => new Series(
                Name(share), [.. Rates.Select((rate, at) => ((double)rate, rows[(at * Shares.Length) + index].Median!.Value))]))]).Svg());
    }

    /// <summary>The latencies of a stretch in milliseconds, ascending.</summary>
    private async Task<double[]> MeasureAsync(Service api, Sink sink, int rate)
    {
        await sink.ClearAsync();
        var pushes = (int)(rate * options.Stretch.TotalSeconds);
        var plan = await new OpenLoop(api.Address, rate, time).RunAsync(pushes);
        long[] arrivals = [];
        await Patience.UntilAsync(
            async () => (arrivals = await sink.ArrivalsAsync()).Take(pushes).All(arrival => arrival > 0),
            () => $"{arrivals.Take(pushes).Count(arrival => arrival == 0)} of {pushes} pushes have not arrived");
        return [.. plan.Select((due, number) => time.GetElapsedTime(due, arrivals[number]).TotalMilliseconds).Order()];
    }

    private static Budget? Budget(int rate, double share) => (rate, share) switch
    {
        (2_000, 0.5) => Reports.Budget.AtMost(10),
        (2_000, 0.99) => Reports.Budget.AtMost(50),
        _ => null,
    };

    private static string Name(double share) => $"p{share * 100:0.#}";
}
