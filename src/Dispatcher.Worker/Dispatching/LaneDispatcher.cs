using Dispatcher.Core.Apps;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Telemetry;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Dispatching;

/// <summary>
/// A lane's dispatch loops. A loop starts with a push, sees it through to the end, takes the next, and ends when there is none; there are
/// never more than the lane's bound.
/// </summary>
internal sealed class LaneDispatcher(
    LaneQueue queue,
    LaneReader reader,
    PushSender sender,
    Settler settler,
    Cancellations cancellations,
    Faults faults,
    RetryDecision retry,
    TimeProvider time) : IDisposable
{
    /// <summary>Where pushes wait that are in other apps' way.</summary>
    private static readonly TimeSpan EvictedFor = TimeSpan.FromSeconds(10);

    /// <summary>How often a push looks for its app.</summary>
    private static readonly TimeSpan UnknownAppDelay = TimeSpan.FromSeconds(10);

    /// <summary>Evicted pushes that are handed off at once; what is in others' way is moved quickly, but not without bound.</summary>
    private const int MaxEvictions = 500;

    /// <summary>
    /// Evictions a second. An evicted push comes back after <see cref="EvictedFor"/>, so this is also what an endless crowd costs Kafka in writes.
    /// </summary>
    private const int EvictionsPerSecond = 2_000;

    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running = 1; // one is the dispatcher itself, until it stops
    private int _evicting;
    private long _evictionsBegan = time.GetTimestamp();
    private int _evictions;
    private bool _isCrowded;
    private long _ended;

    /// <summary>What waits for a loop.</summary>
    public LaneQueue Queue => queue;

    /// <summary>Pushes that have ended here since the start, also those left to another worker.</summary>
    public long Ended => Interlocked.Read(ref _ended);

    /// <summary>Adds a push, and starts a loop if one may start.</summary>
    /// <param name="push">The push.</param>
    public void Add(ConsumedPush push)
    {
        queue.Add(push);
        StartLoops();
    }

    /// <summary>Starts the loops that may start by now, and moves what is in others' way: limits change with time.</summary>
    public void Tick()
    {
        StartLoops();
        if (time.GetElapsedTime(_evictionsBegan) >= TimeSpan.FromSeconds(1))
            (_evictionsBegan, _evictions) = (time.GetTimestamp(), 0);
        // Down to half, for a pump that was paused because the queue was full goes on no earlier.
        _isCrowded = !queue.IsHalfEmpty && (_isCrowded || !queue.HasRoom);
        while (_isCrowded
            && Volatile.Read(ref _evicting) < MaxEvictions
            && _evictions < EvictionsPerSecond
            && queue.TryEvict() is { } push)
        {
            _evictions++;
            _isCrowded = !queue.IsHalfEmpty;
            Interlocked.Increment(ref _evicting);
            Start(push, evicted: true);
        }
    }

    /// <summary>Gives up what is still in flight, which stays in Kafka, and waits for the loops.</summary>
    public async Task StopAsync()
    {
        await _abort.CancelAsync();
        if (queue.TryTake() is { } left)
        {
            Interlocked.Increment(ref _running);
            await LoopAsync(left, evicted: false); // their partitions are closed: they only give their buffers back
        }

        LoopEnded();
        await _idle.Task;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _abort.Dispose();
        queue.Dispose();
    }

    private void StartLoops()
    {
        while (queue.TryTake() is { } push)
            Start(push, evicted: false);
    }

    private void Start(ConsumedPush push, bool evicted)
    {
        Interlocked.Increment(ref _running);
        ThreadPool.UnsafeQueueUserWorkItem(
            static start => _ = start.Dispatcher.LoopAsync(start.Push, start.Evicted),
            (Dispatcher: this, Push: push, Evicted: evicted),
            preferLocal: false);
    }

    /// <summary>Sees pushes through, one after the other. What each of them meets stays here: a loop ends for want of pushes and nothing else.</summary>
    private async Task LoopAsync(ConsumedPush first, bool evicted)
    {
        for (var push = first; push is not null; push = queue.Next(push), evicted = false)
        {
            if (push.TryStart())
            {
                using var span = push.Trace is { } trace
                    ? DispatchTraces.Taken(trace, push.IsReplay, settler.Lane, push.Topic, push.Partition.Partition, push.Offset)
                    : null;
                try
                {
                    await (evicted
                        ? settler.PostponeAsync(push, time.GetUtcNow() + EvictedFor, "crowded", _abort.Token)
                        : DispatchAsync(push, _abort.Token));
                }
                catch (OperationCanceledException) when (_abort.IsCancellationRequested)
                {
                    // Shutdown: the push stays in Kafka.
                }
                catch (Exception e)
                {
                    // Only settling throws here. The offset stays open, so the partition's window shows it and a restart tries again.
                    faults.Saw(e, push, "its offset stays open");
                }
                finally
                {
                    push.Abandon(); // does nothing to a push that has ended, or that waits for its result's acknowledgement
                }
            }

            if (evicted)
                Interlocked.Decrement(ref _evicting);
            Interlocked.Increment(ref _ended);
        }

        LoopEnded();
    }

    private void LoopEnded()
    {
        if (Interlocked.Decrement(ref _running) == 0)
            _idle.TrySetResult();
    }

    /// <summary>One push, from its bytes to its end.</summary>
    private Task DispatchAsync(ConsumedPush consumed, CancellationToken abort)
    {
        var (push, app, refusal) = Read(consumed);
        if (push is not null)
        {
            consumed.PushId = push.Id;
            DispatchTraces.Read(push.Id, app?.Name);
        }

        return settler.LogsDebug ? RouteInScopeAsync(consumed, push, app, refusal, abort) : RouteAsync(consumed, push, app, refusal, abort);
    }

    private async Task RouteInScopeAsync(ConsumedPush consumed, PushNotification? push, App? app, Refusal? refusal, CancellationToken abort)
    {
        using var scope = settler.BeginForDebug(consumed);
        await RouteAsync(consumed, push, app, refusal, abort);
    }

    private Task RouteAsync(ConsumedPush consumed, PushNotification? push, App? app, Refusal? refusal, CancellationToken abort)
    {
        if (refusal is { Reason: LaneReader.UnknownApp } && time.GetUtcNow() is var now && retry.WaitsForApp(push!.AcceptedAt, now))
            return settler.PostponeAsync(consumed, now + UnknownAppDelay, LaneReader.UnknownApp, abort);
        if (refusal is { } why)
            return settler.RefuseAsync(consumed, push, why, abort);
        if (cancellations.Knows(push!, app!.Tenant))
            return CancelAsync(consumed, push!, app, abort);
        if (Later(consumed.Delay?.NotBefore, push!.SendAt) is { } notBefore && notBefore > time.GetUtcNow())
            return settler.PostponeAsync(consumed, notBefore, "scheduled", abort);
        return push.SendAt is null ? SendAsync(consumed, push, app, abort) : SendUnlessCancelledAsync(consumed, push, app, abort);
    }

    private async Task SendUnlessCancelledAsync(ConsumedPush consumed, PushNotification push, App app, CancellationToken abort) =>
        await (await cancellations.IsCancelledAsync(push, app.Tenant, abort)
            ? CancelAsync(consumed, push, app, abort)
            : SendAsync(consumed, push, app, abort));

    private Task CancelAsync(ConsumedPush consumed, PushNotification push, App app, CancellationToken abort) =>
        settler.SettleAsync(consumed, push, app, new SendReport(new SendOutcome.Cancelled(), 0, null, null), abort);

    private LaneRecord Read(ConsumedPush consumed)
    {
        try
        {
            return reader.Read(consumed);
        }
        catch (Exception e)
        {
            faults.Saw(e, consumed, "it is kept as a dead letter");
            return new LaneRecord(Push: null, App: null, new Refusal(DeadLetterReasons.Faulted, e.GetType().Name));
        }
    }

    private async Task SendAsync(ConsumedPush consumed, PushNotification push, App app, CancellationToken abort)
    {
        var report = await sender.SendAsync(push, consumed.Delay?.Attempts ?? 0, abort);
        if (report.Fault is { } fault)
            faults.Saw(fault, consumed, "it counts as a failed attempt");
        await settler.SettleAsync(consumed, push, app, report, abort);
    }

    private static DateTimeOffset? Later(DateTimeOffset? a, DateTimeOffset? b) => a is null || b > a ? b : a;
}
