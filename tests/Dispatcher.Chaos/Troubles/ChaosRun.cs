using Dispatcher.Chaos.Books;
using Dispatcher.Chaos.Pushing;
using Dispatcher.Chaos.Stage;

namespace Dispatcher.Chaos.Troubles;

/// <summary>One run: a steady load, the troubles of a seed, and the ledger at the end.</summary>
/// <param name="options">How much.</param>
/// <param name="say">Told what happens, line by line.</param>
internal sealed class ChaosRun(ChaosOptions options, Action<string> say)
{
    private static readonly TimeSpan ProgressPause = TimeSpan.FromSeconds(1);

    private readonly long _startedAt = TimeProvider.System.GetTimestamp();
    private long _peakMemory;

    /// <summary>Of every topic: together they hold more than the load can be ahead.</summary>
    private const int Partitions = 12;

    private static DeploymentOptions Stage(ChaosOptions options) => new()
    {
        Workers = ChaosOptions.Workers,
        Latency = TimeSpan.FromMilliseconds(20),
        Partitions = Partitions,
        ReportPartitions = Partitions,
        Brokers = 3,
        LedgerCapacity = options.Pushes * 3,
        WorkerSettings = new Dictionary<string, string>
        {
            // What is minutes in life is seconds here; what a stall costs is bounded by the attempt.
            ["Sending:AttemptTimeout"] = "00:00:05",
            ["Limits:TokenPause"] = "00:00:01",
            ["Limits:ThrottledPause"] = "00:00:01",
        },
    };

    /// <summary>Runs it.</summary>
    public async Task<Verdict> RunAsync()
    {
        var schedule = Schedule.Of(options.Seed, options.Pushes, options.Kills);
        say($"seed {options.Seed}: {options.Pushes:N0} pushes at {options.Rate:N0} a second, {ChaosOptions.Workers} workers, {options.Kills} kills");
        foreach (var line in schedule.Lines())
            say(line);

        await using var deployment = await Deployment.StartAsync(Stage(options));
        await using var journal = new Journal(deployment);
        await using var commits = new CommitHistory(deployment);
        await using var logs = new Logs(deployment, say);
        Say("everything runs");
        var load = new SteadyLoad(deployment, journal, new Tokens(options.Seed), options.Pushes, options.Rate);
        using var end = new CancellationTokenSource();
        var watching = WatchAsync(deployment, journal, load, end.Token);
        await MakeTroublesAsync(schedule, deployment, load);
        await QuiesceAsync(deployment, journal, commits, load);
        await end.CancelAsync();
        await watching;
        await StopAsync(deployment);
        return await AddUpAsync(deployment, journal, commits);
    }

    private async Task MakeTroublesAsync(Schedule schedule, Deployment deployment, SteadyLoad load)
    {
        var workers = new WorkerTroubles(deployment, load, Say);
        var providers = new ProviderTroubles(deployment.Simulator, load, Say);
        await foreach (var part in Task.WhenEach(
            workers.RunAsync(schedule.Troubles), providers.RunAsync(schedule.ProviderTroubles), load.EndedAsync(), LivesAsync(deployment, load)))
        {
            await part; // the first that fails ends the run
        }

        await deployment.Simulator.KafkaNoErrorsAsync();
        Say($"{load.Accepted:N0} pushes are promised, {load.Refused} requests were refused; waiting for {load.Behind:N0}");
    }

    /// <summary>Nobody ends by itself.</summary>
    private static async Task LivesAsync(Deployment deployment, SteadyLoad load)
    {
        while (!load.HasEnded)
        {
            if (deployment.Workers.Append(deployment.ApiProgram).FirstOrDefault(program => program is { HasExited: true, IsToEnd: false }) is { } dead)
                throw new InvalidOperationException(string.Join('\n', Complaints.Of(dead)));
            await Task.Delay(ProgressPause, TimeProvider.System);
        }
    }

    /// <summary>Everything has ended, and everything that has ended is committed: nothing happens any more.</summary>
    private async Task QuiesceAsync(Deployment deployment, Journal journal, CommitHistory commits, SteadyLoad load)
    {
        await Patience.WhileMovingAsync(
            () => load.Behind == 0,
            () => load.Behind,
            () => $"{load.Behind} pushes have not ended: "
                + string.Join(", ", journal.Stories.Where(story => story is { Promise: not null, Endings.Count: 0 }).Take(5).Select(story => story.Id)));
        Say("every push has ended");
        var lag = long.MaxValue;
        await Patience.WhileMovingAsync(() => (lag = commits.Lag()) == 0, () => lag, () => $"{lag} records are not committed");
        Say($"everything is committed; stopping {deployment.Workers.Count(worker => !worker.HasExited)} workers");
    }

    private static async Task StopAsync(Deployment deployment)
    {
        var running = deployment.Workers.Where(worker => !worker.IsToEnd).ToList();
        await Task.WhenAll(running.Select(worker => worker.TerminateAsync()));
        await Task.WhenAll(running.Select(worker => worker.ExitedAsync()));
    }

    private async Task<Verdict> AddUpAsync(Deployment deployment, Journal journal, CommitHistory commits)
    {
        await journal.CloseAsync();
        var stories = journal.Stories.Where(story => story.Promise is not null).ToList();
        var byToken = stories.ToDictionary(story => story.Promise!.Token);
        await foreach (var answer in deployment.Simulator.AnswersAsync())
        {
            if (!byToken.TryGetValue(answer.Token, out var story))
                continue; // of a request that was refused
            if (answer.Status == 200)
                story.Taken.Add(answer.ReceivedAt);
            else
                story.Refused++;
        }

        var consumptions = Consumption.Of(deployment.Kafka).ToDictionary(consumption => consumption.Pump);
        var exposures = Handover.In(deployment.Workers)
            .Select(handover => Exposure.Of(handover, consumptions[handover.Pump], journal, commits))
            .ToList();
        var duplicates = Duplicates.In(stories, exposures, Deployment.MaxInFlight + Deployment.QueuePushes);
        var complaints = deployment.Workers.Append(deployment.ApiProgram).SelectMany(Complaints.Of).ToList();
        return new Verdict(Balance.Of(stories), duplicates, journal.Dropped, deployment.Workers, complaints, _peakMemory);
    }

    private async Task WatchAsync(Deployment deployment, Journal journal, SteadyLoad load, CancellationToken end)
    {
        for (var second = 1; !end.IsCancellationRequested; second++)
        {
            var memory = deployment.Workers.Where(worker => !worker.HasExited).Max(worker => ProcessFigures.Of(worker.Id)?.PeakMemory) ?? 0;
            _peakMemory = Math.Max(_peakMemory, memory);
            if (second % 5 == 0)
                Say($"{load.Accepted,9:N0} promised, {journal.Kept,9:N0} ended, {load.Behind,6:N0} under way, {memory / 1024 / 1024} MiB");
            await Task.Delay(ProgressPause, TimeProvider.System, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Say(string line) => say($"{TimeProvider.System.GetElapsedTime(_startedAt):mm\\:ss} {line}");
}
