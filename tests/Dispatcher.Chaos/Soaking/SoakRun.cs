using Dispatcher.Chaos.Books;
using Dispatcher.Chaos.Pushing;
using Dispatcher.Chaos.Stage;

namespace Dispatcher.Chaos.Soaking;

/// <summary>
/// A steady load for a long time, with a few faults, while nothing may grow: neither memory nor handles nor threads of API and workers.
/// </summary>
/// <param name="duration">How long it is watched, after a warm-up of a fifth of it, a minute at most.</param>
/// <param name="rate">Pushes a second.</param>
/// <param name="say">Told what happens, line by line.</param>
internal sealed class SoakRun(TimeSpan duration, double rate, Action<string> say)
{
    private static readonly TimeSpan SamplePause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromMinutes(1);

    private static readonly (string Provider, object Fault)[] Faults =
    [
        .. from provider in (string[])["apns", "fcm"]
           from fault in (object[])
           [
               new { status = 503, retryAfterSeconds = 1, probability = 0.005 },
               new { kind = "reset", after = "accepted", probability = 0.001 },
               new { kind = "goaway", probability = 0.0005 },
               new { kind = "drop", probability = 0.0001 },
               new { kind = "stall", probability = 0.0005 },
           ]
           select (provider, fault),
    ];

    private readonly long _startedAt = TimeProvider.System.GetTimestamp();

    /// <summary>Runs it.</summary>
    /// <returns>Whether everything was flat.</returns>
    public async Task<bool> RunAsync()
    {
        await using var deployment = await Deployment.StartAsync(new()
        {
            Workers = 2,
            Latency = TimeSpan.FromMilliseconds(20),
            Partitions = 12,
            ReportPartitions = 12,
        });
        await using var journal = new Journal(deployment, keepsStories: false);
        await using var logs = new Logs(deployment, say);
        foreach (var (provider, fault) in Faults)
            await deployment.Simulator.AddFaultAsync(provider, fault);

        var load = new SteadyLoad(deployment, journal, new Tokens(1), int.MaxValue, rate);
        var warmUp = duration / 5 < LongestWarmUp ? duration / 5 : LongestWarmUp;
        Say($"{rate:N0} pushes a second; warming up for {warmUp:mm\\:ss}");
        await Task.Delay(warmUp, TimeProvider.System);
        var tracks = await WatchAsync(deployment, load);
        load.End();
        await load.EndedAsync();

        var findings = tracks.SelectMany(track => track.Judge()).ToList();
        findings.ForEach(finding => say(finding.Line));
        var complaints = deployment.Workers.Append(deployment.ApiProgram).SelectMany(Complaints.Of).ToList();
        complaints.ForEach(say);
        var isFlat = complaints.Count == 0 && findings.TrueForAll(finding => finding.IsFlat);
        say(isFlat ? "Flat." : "NOT FLAT.");
        return isFlat;
    }

    private async Task<List<Track>> WatchAsync(Deployment deployment, SteadyLoad load)
    {
        var programs = deployment.Workers.Append(deployment.ApiProgram).ToList();
        var tracks = programs.ConvertAll(program => new Track($"{program.Name} {program.Id}"));
        var since = TimeProvider.System.GetTimestamp();
        for (var sample = 0; TimeProvider.System.GetElapsedTime(since) < duration; sample++)
        {
            foreach (var (program, track) in programs.Zip(tracks))
                track.Add(ProcessFigures.Of(program.Id) ?? throw new InvalidOperationException($"{program.Name} has ended."));
            if (sample % 6 == 0)
            {
                var figures = programs.Select(program => ProcessFigures.Of(program.Id)!.Value)
                    .Select(figures => $"{figures.Memory / 1024 / 1024} MiB {figures.Handles} handles {figures.Threads} threads");
                Say($"{load.Accepted,9:N0} promised, {load.Behind,6:N0} under way; {string.Join("; ", figures)}");
            }

            await Task.Delay(SamplePause, TimeProvider.System);
        }

        return tracks;
    }

    private void Say(string line) => say($"{TimeProvider.System.GetElapsedTime(_startedAt):mm\\:ss} {line}");
}
