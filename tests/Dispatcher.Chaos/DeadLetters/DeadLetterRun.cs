using System.Globalization;
using Dispatcher.Chaos.Stage;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Chaos.DeadLetters;

/// <summary>
/// What <c>dispatcher dead-letters</c> costs with very many: the real command line in a process of its own against in-memory Kafka in another;
/// how many records a second, start of the process included, and the most memory it ever had.
/// </summary>
/// <param name="count">Dead letters.</param>
/// <param name="say">Told what happens, line by line.</param>
internal sealed class DeadLetterRun(int count, Action<string> say)
{
    /// <summary>In-memory Kafka keeps 5 MiB for each partition, and these take about 150 bytes each once compressed.</summary>
    private const int RecordsPerPartition = 10_000;

    private static readonly TimeSpan SamplePause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Runs it.</summary>
    /// <param name="commands">What follows <c>dispatcher dead-letters</c>; several words between blanks.</param>
    public async Task RunAsync(IReadOnlyList<string> commands)
    {
        var directory = Directory.CreateTempSubdirectory("dispatcher-dead-letters-").FullName;
        try
        {
            var partitions = Math.Max(4, count / 2 / RecordsPerPartition);
            var topics = new TopicNames(TopicNames.DefaultPrefix);
            var names = Enum.GetValues<Provider>().Select(topics.DeadLetters).Concat(Lane.All.Select(topics.Pushes));
            await using var simulator = await Simulator.StartAsync(
                directory, string.Join(',', names.Select(name => $"{name}:{partitions}")), new DeploymentOptions());
            var kafka = simulator["kafka"];
            var start = TimeProvider.System.GetTimestamp();
            var bytes = new DeadLetterFill(new KafkaOptions { BootstrapServers = kafka }).Produce(count, partitions);
            say($"{count:N0} dead letters of {bytes / count:N0} bytes in {2 * partitions} partitions, written in {Elapsed(start).TotalSeconds:N1} s");
            foreach (var command in commands)
                await MeasureAsync(command, kafka, directory);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private async Task MeasureAsync(string command, string kafka, string directory)
    {
        var words = command.Replace("{file}", Path.Combine(directory, "dead-letters.ndjson"), StringComparison.Ordinal).Split(' ');
        var start = TimeProvider.System.GetTimestamp();
        await using var program = ChildProgram.Start(
            "Dispatcher.Cli", ["dead-letters", .. words, "--kafka", kafka], new Dictionary<string, string>());
        var last = default(ProcessFigures);
        using (var timer = new PeriodicTimer(SamplePause, TimeProvider.System))
        {
            while (!program.HasExited && Elapsed(start) < Limit)
            {
                last = ProcessFigures.Of(program.Id) is { PeakMemory: > 0 } figures ? figures : last;
                await timer.WaitForNextTickAsync(CancellationToken.None);
            }
        }

        var code = await program.ExitedAsync();
        var seconds = Elapsed(start).TotalSeconds;
        say(string.Create(
            CultureInfo.InvariantCulture,
            $"{command,-40} {seconds,6:N1} s {count / seconds,9:N0}/s  processor {last.Processor.TotalSeconds,5:N1} s  peak {last.PeakMemory / 1048576.0,4:N0} MiB"));
        foreach (var line in program.Lines.Where(line => line.Contains(" sent again in ", StringComparison.Ordinal)))
            say($"  {line}");
        if (code != 0)
            throw new InvalidOperationException($"{command} ended with {code}: {string.Join('\n', program.Lines.TakeLast(5))}");
    }

    private static TimeSpan Elapsed(long start) => TimeProvider.System.GetElapsedTime(start);
}
