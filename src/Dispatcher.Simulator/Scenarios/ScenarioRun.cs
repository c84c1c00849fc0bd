namespace Dispatcher.Simulator.Scenarios;

/// <summary>A scenario being played. Disposed, it stops, and undoes what has not ended by itself.</summary>
public sealed class ScenarioRun : IAsyncDisposable
{
    private readonly SimulatedProviders _world;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<(ScenarioStep Step, Action Undo)> _inForce = [];
    private int _begun;

    internal ScenarioRun(SimulatedProviders world, Scenario scenario)
    {
        (_world, Scenario) = (world, scenario);
        Played = PlayAsync();
    }

    /// <summary>What is played.</summary>
    public Scenario Scenario { get; }

    /// <summary>How many steps have begun; a scenario that repeats counts on.</summary>
    public int Begun => Volatile.Read(ref _begun);

    /// <summary>Completes when the last step is over, or it was stopped.</summary>
    public Task Played { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Played;
        foreach (var (_, undo) in _inForce)
            undo();
        _stop.Dispose();
    }

    private async Task PlayAsync()
    {
        var moments = Scenario.Steps
            .SelectMany(step => step.For is null ? [(step.At, Step: step, IsEnd: false)] : new[] { (step.At, Step: step, IsEnd: false), (At: step.End, Step: step, IsEnd: true) })
            .OrderBy(moment => moment.At)
            .ToArray();
        try
        {
            do
            {
                var start = _world.Time.GetTimestamp();
                foreach (var (at, step, isEnd) in moments)
                {
                    var wait = TimeSpan.FromSeconds(at) - _world.Time.GetElapsedTime(start);
                    if (wait > TimeSpan.Zero)
                        await Task.Delay(wait, _world.Time, _stop.Token);
                    if (isEnd)
                        End(step);
                    else
                        Begin(step);
                }
            }
            while (Scenario.Repeat);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    private void Begin(ScenarioStep step)
    {
        Interlocked.Increment(ref _begun);
        var isApns = step.Provider == "apns";
        var (faults, wire) = isApns ? (_world.ApnsFaults, _world.ApnsWire) : (_world.FcmFaults, _world.FcmWire);
        if (step.Fault is { } fault && faults.TryAdd(fault))
        {
            _inForce.Add((step, () => faults.Remove(fault)));
        }
        else if (step.Wire is { } profile)
        {
            var before = wire.Profile;
            wire.Profile = profile;
            _inForce.Add((step, () => wire.Profile = before));
        }
        else if (step.LatencyMs is { } ms)
        {
            var before = _world.AnswerTime.Latency;
            _world.AnswerTime.Latency = TimeSpan.FromMilliseconds(ms);
            _inForce.Add((step, () => _world.AnswerTime.Latency = before));
        }

        if (step.GoAway is { } order)
            wire.GoAway(order);
        if (step.RevokeAccessTokens)
            _world.AccessTokens.RevokeAll();
    }

    private void End(ScenarioStep step)
    {
        var at = _inForce.FindIndex(one => ReferenceEquals(one.Step, step));
        if (at < 0)
            return;
        _inForce[at].Undo();
        _inForce.RemoveAt(at);
    }
}
