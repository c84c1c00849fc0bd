using Dispatcher.Core.Apps;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Dispatcher.Core.Telemetry;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Dispatching;

/// <summary>A lane's dispatch loops: each takes a push from the queue and sees it through to the end.</summary>
internal sealed partial class LaneDispatcher(
    Lane lane,
    AppCatalog apps,
    PushSender sender,
    Settler settler,
    LaneQueue queue,
    string topic,
    WorkerOptions options,
    DispatchMetrics metrics,
    TimeProvider time,
    ILogger<LaneDispatcher> logger) : IDisposable
{
    private readonly CancellationTokenSource _abort = new();
    private Task _loops = Task.CompletedTask;
    private long _settled;
    private int _inFlight;

    /// <summary>Pushes that have ended here since the start, also those left to another worker.</summary>
    public long Ended => Interlocked.Read(ref _settled);

    /// <summary>Pushes that a loop is working on.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Starts the loops.</summary>
    public void Start() => _loops = Task.WhenAll(Enumerable.Range(0, options.MaxInFlight).Select(_ => Task.Run(LoopAsync)));

    /// <summary>Gives up what is still in flight, which stays in Kafka, and waits for the loops.</summary>
    public async Task StopAsync()
    {
        await _abort.CancelAsync();
        queue.Close();
        await _loops;
    }

    /// <inheritdoc/>
    public void Dispose() => _abort.Dispose();

    private async Task LoopAsync()
    {
        await foreach (var consumed in queue.TakeAllAsync())
        {
            if (!consumed.TryStart())
                continue;
            Interlocked.Increment(ref _inFlight);
            try
            {
                await DispatchAsync(consumed, _abort.Token);
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
                Interlocked.Decrement(ref _inFlight);
                Interlocked.Increment(ref _settled);
            }
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
        else if (DeviceToken.Problem(app.Provider, push.Target.Value) is { } tokenProblem)
            await settler.RefuseAsync(consumed, push, "invalidToken", $"the token {tokenProblem}", abort);
        else if (Later(consumed.Delay?.NotBefore, push.SendAt) is { } notBefore && notBefore > time.GetUtcNow())
            await settler.PostponeAsync(consumed, notBefore, abort);
        else
            await settler.SettleAsync(consumed, push, app, await sender.SendAsync(push, abort), abort);
    }

    private static DateTimeOffset? Later(DateTimeOffset? a, DateTimeOffset? b) => a is null || b > a ? b : a;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Record {Topic}/{Partition}@{Offset} could not be dispatched; its offset stays open")]
        public static partial void DispatchFailed(ILogger logger, string topic, int partition, long offset, Exception exception);
    }
}
