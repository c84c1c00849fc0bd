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
internal sealed partial class LaneDispatcher(
    Lane lane,
    string topic,
    LaneQueue queue,
    AppCatalog apps,
    PushSender sender,
    Settler settler,
    DispatchMetrics metrics,
    TimeProvider time,
    ILogger<LaneDispatcher> logger) : IDisposable
{
    /// <summary>Where pushes wait that are in other apps' way.</summary>
    private static readonly TimeSpan EvictedFor = TimeSpan.FromSeconds(10);

    /// <summary>Evicted pushes that are handed off at once; what is in others' way is moved quickly, but not without bound.</summary>
    private const int MaxEvictions = 500;

    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running = 1; // one is the dispatcher itself, until it stops
    private int _evicting;
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
        while (!queue.HasRoom && Volatile.Read(ref _evicting) < MaxEvictions && queue.TryEvict() is { } push)
        {
            Interlocked.Increment(ref _evicting);
            Start(push, evicted: true);
        }
    }

    /// <summary>Gives up what is still in flight, which stays in Kafka, and waits for the loops.</summary>
    public async Task StopAsync()
    {
        await _abort.CancelAsync();
        for (var push = queue.TryTake(); push is not null; push = queue.Next(push))
            await DispatchAsync(push, evicted: false); // its partition is closed: it only gives its buffer back
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

    private async Task LoopAsync(ConsumedPush first, bool evicted)
    {
        for (var push = first; push is not null; push = queue.Next(push), evicted = false)
        {
            await DispatchAsync(push, evicted);
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

    private async Task DispatchAsync(ConsumedPush consumed, bool evicted)
    {
        if (!consumed.TryStart())
            return;
        try
        {
            await (evicted
                ? settler.PostponeAsync(consumed, time.GetUtcNow() + EvictedFor, "crowded", _abort.Token)
                : DispatchAsync(consumed, _abort.Token));
        }
        catch (OperationCanceledException) when (_abort.IsCancellationRequested)
        {
            // Shutdown: the push stays in Kafka.
        }
        catch (Exception e)
        {
            // The one place that swallows. The offset stays open, so the partition's window shows it and a restart tries again.
            metrics.DispatchFailed(lane.Name, e.GetType().Name);
            Log.DispatchFailed(logger, consumed.Topic, consumed.Partition.Partition, consumed.Offset, e);
        }
        finally
        {
            consumed.Abandon(); // does nothing to a push that has ended
        }
    }

    /// <summary>One push, from its bytes to its end.</summary>
    private async Task DispatchAsync(ConsumedPush consumed, CancellationToken abort)
    {
        if (consumed.Topic != topic && consumed.Delay is null)
            await settler.RefuseAsync(consumed, push: null, "undecodable", "the headers are not those of a push that waits", abort);
        else if (consumed.Length > PushLimits.MaxRecordBytes)
            await settler.RefuseAsync(consumed, push: null, "tooLarge", $"{consumed.Length} bytes, {PushLimits.MaxRecordBytes} at most", abort);
        else if (!PushJson.TryDecode(consumed.Value, consumed.Origin.Timestamp, out var push, out var problem))
            await settler.RefuseAsync(consumed, push: null, "undecodable", problem, abort);
        else if (!apps.TryGet(push.App, out var app))
            await settler.RefuseAsync(consumed, push, "unknownApp", "no app of that name is configured here", abort);
        else if (app.Provider != lane.Provider)
            await settler.RefuseAsync(consumed, push, "wrongLane", $"the app's provider is {app.Provider}", abort);
        else if (push.Target.Problem(app.Provider) is { } targetProblem)
            await settler.RefuseAsync(consumed, push, "invalidToken", $"the {push.Target.Word} {targetProblem}", abort);
        else if (push.ValidateOnly && app.Provider != Provider.Fcm)
            await settler.RefuseAsync(consumed, push, "cannotValidate", $"{app.Provider} cannot check a push without sending it", abort);
        else if (Later(consumed.Delay?.NotBefore, push.SendAt) is { } notBefore && notBefore > time.GetUtcNow())
            await settler.PostponeAsync(consumed, notBefore, "scheduled", abort);
        else
            await settler.SettleAsync(consumed, push, app, await sender.SendAsync(push, consumed.Delay is { Attempts: > 0 }, abort), abort);
    }

    private static DateTimeOffset? Later(DateTimeOffset? a, DateTimeOffset? b) => a is null || b > a ? b : a;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Record {Topic}/{Partition}@{Offset} could not be dispatched; its offset stays open")]
        public static partial void DispatchFailed(ILogger logger, string topic, int partition, long offset, Exception exception);
    }
}
