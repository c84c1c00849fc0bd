using Dispatcher.Chaos.Books;
using Dispatcher.Chaos.Pushing;
using Dispatcher.Chaos.Stage;

namespace Dispatcher.Chaos.Troubles;

/// <summary>Makes the troubles of workers and Kafka, one after the other, each when the load has come so far.</summary>
/// <param name="deployment">Whose.</param>
/// <param name="load">The load.</param>
/// <param name="say">Told what is done.</param>
internal sealed class WorkerTroubles(Deployment deployment, SteadyLoad load, Action<string> say)
{
    private readonly List<ChildProgram> _running = [.. deployment.Workers];

    /// <summary>Workers that are meant to run.</summary>
    public IReadOnlyList<ChildProgram> Running => _running;

    /// <summary>Makes them all.</summary>
    public async Task RunAsync(IReadOnlyList<Trouble> troubles)
    {
        for (var i = 0; i < troubles.Count; i++)
        {
            // The load waits for a trouble that takes long: it is to go on under the next one.
            load.LimitTo(i + 2 < troubles.Count ? troubles[i + 2].After : long.MaxValue);
            var trouble = troubles[i];
            await Patience.WhileMovingAsync(
                () => load.Accepted >= trouble.After, () => load.Accepted, () => $"{load.Accepted} pushes are accepted, {load.Behind} have not ended");
            say($"{trouble}");
            await MakeAsync(trouble);
        }
    }

    private Task MakeAsync(Trouble trouble) => trouble.Kind switch
    {
        TroubleKind.Kill => KillAsync(trouble.Number % _running.Count),
        TroubleKind.Hang => HangAsync(_running[trouble.Number % _running.Count]),
        TroubleKind.RollingRestart => RestartAsync(),
        TroubleKind.KafkaOutage => OutageAsync(TimeSpan.FromSeconds(trouble.OutageSeconds)),
        TroubleKind.KafkaSlow => SlowAsync(),
        TroubleKind.CoordinatorMove => MoveCoordinatorsAsync(trouble.Number),
        _ => deployment.Simulator.KafkaErrorsAsync(KafkaError.Of(trouble.Number).Api, KafkaError.Of(trouble.Number).Codes, KafkaError.Count),
    };

    private async Task KillAsync(int index)
    {
        await _running[index].KillAsync();
        _running[index] = await deployment.AddWorkerAsync();
    }

    private async Task HangAsync(ChildProgram worker)
    {
        await worker.FreezeAsync();
        var frozen = TimeProvider.System.GetUtcNow();
        // Past the session: what it had belongs to others.
        await Patience.UntilAsync(
            () => Handover.Untouched(worker, frozen, deployment.Workers).Count == 0, () => "nobody takes over from a worker that hangs");
        await worker.ThawAsync();
        await Deployment.ReadyAsync(worker);
    }

    private async Task RestartAsync()
    {
        foreach (var worker in _running.ToList())
        {
            var next = await deployment.AddWorkerAsync();
            await worker.TerminateAsync();
            var code = await worker.ExitedAsync();
            if (code != 0)
                throw new InvalidOperationException($"A worker ended with {code}: {string.Join('\n', worker.Lines.TakeLast(20))}");
            _running[_running.IndexOf(worker)] = next;
        }
    }

    private async Task OutageAsync(TimeSpan duration)
    {
        await deployment.Simulator.KafkaDownAsync();
        await Task.Delay(duration, TimeProvider.System);
        await deployment.Simulator.KafkaUpAsync();
    }

    private async Task SlowAsync()
    {
        await deployment.Simulator.KafkaRoundTripAsync(TimeSpan.FromMilliseconds(200));
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System);
        await deployment.Simulator.KafkaRoundTripAsync(TimeSpan.Zero);
    }

    private async Task MoveCoordinatorsAsync(int number)
    {
        foreach (var (index, consumption) in Consumption.Of(deployment.Kafka).Index())
            await deployment.Simulator.MoveCoordinatorAsync(consumption.Group, 1 + ((number + index) % deployment.Options.Brokers));
    }
}
