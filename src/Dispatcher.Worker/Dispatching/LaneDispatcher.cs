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

    private static readonly SendReport Cancelled = new(new SendOutcome.Cancelled(), Attempts: 0, FirstSentAt: null, FirstFailedAt: null);

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

    /// <summary>
    /// Sees pushes through, one after the other. What each of them meets stays here: a loop ends for want of pushes and nothing else. Sending is
    /// part of it and has no task of its own.
    /// </summary>
    private async Task LoopAsync(ConsumedPush first, bool evicted)
    {
        for (var consumed = first; consumed is not null; consumed = queue.Next(consumed), evicted = false)
        {
            if (consumed.TryStart())
            {
                using var span = consumed.Trace is { } trace
                    ? DispatchTraces.Taken(trace, consumed.IsReplay, settler.Lane, consumed.Topic, consumed.Partition.Partition, consumed.Offset)
                    : null;
                try
                {
                    var record = evicted ? default : Read(consumed);
                    using var scope = settler.LogsDebug ? settler.BeginForDebug(consumed) : null;
                    if (evicted)
                    {
                        await settler.PostponeAsync(consumed, time.GetUtcNow() + EvictedFor, "crowded", _abort.Token);
                    }
                    else if (UnlessToBeSent(consumed, record, _abort.Token) is { } elsewhere)
                    {
                        await elsewhere;
                    }
                    else
                    {
                        var (push, app) = (record.Push!, record.App!);
                        var report = push.SendAt is not null && await cancellations.IsCancelledAsync(push, app.Tenant, _abort.Token)
                            ? Cancelled
                            : await sender.SendAsync(push, consumed.Delay?.Attempts ?? 0, _abort.Token);
                        if (report.Fault is { } fault)
                            faults.Saw(fault, consumed, "it counts as a failed attempt");
                        await settler.SettleAsync(consumed, push, app, report, _abort.Token);
                    }
                }
                catch (OperationCanceledException) when (_abort.IsCancellationRequested)
                {
                    // Shutdown: the push stays in Kafka.
                }
                catch (Exception e)
                {
                    // Only settling throws here. The offset stays open, so the partition's window shows it and a restart tries again.
                    faults.Saw(e, consumed, "its offset stays open");
                }
                finally
                {
                    consumed.Abandon(); // does nothing to a push that has ended, or that waits for its result's acknowledgement
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

    /// <summary>What is done with a record instead of sending it; <see langword="null"/> when it is to be sent, if it was not cancelled meanwhile.</summary>
    private Task? UnlessToBeSent(ConsumedPush consumed, LaneRecord record, CancellationToken abort)
    {
        var (push, app, refusal) = record;
        if (refusal is { Reason: LaneReader.UnknownApp } && time.GetUtcNow() is var now && retry.WaitsForApp(push!.AcceptedAt, now))
            return settler.PostponeAsync(consumed, now + UnknownAppDelay, LaneReader.UnknownApp, abort);
        if (refusal is { } why)
            return settler.RefuseAsync(consumed, push, why, abort);
        if (cancellations.Knows(push!, app!.Tenant))
            return settler.SettleAsync(consumed, push!, app, Cancelled, abort);
        return Later(consumed.Delay?.NotBefore, push!.SendAt) is { } notBefore && notBefore > time.GetUtcNow()
            ? settler.PostponeAsync(consumed, notBefore, "scheduled", abort)
            : null;
    }

    private LaneRecord Read(ConsumedPush consumed)
    {
        LaneRecord record;
        try
        {
            record = reader.Read(consumed);
        }
        catch (Exception e)
        {
            faults.Saw(e, consumed, "it is kept as a dead letter");
            return new LaneRecord(Push: null, App: null, new Refusal(DeadLetterReasons.Faulted, e.GetType().Name));
        }

        if (record.Push is { } push)
        {
            consumed.PushId = push.Id;
            DispatchTraces.Read(push.Id, record.App?.Name);
        }

        return record;
    }

    private static DateTimeOffset? Later(DateTimeOffset? a, DateTimeOffset? b) => a is null || b > a ? b : a;
}
