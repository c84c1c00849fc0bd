using Confluent.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Kafka.Backlogs;

/// <summary>
/// Looks again and again how far the workers are, each lane for itself. Where that cannot be learnt for <see cref="LaneBacklog.Blind"/>, the
/// lane takes everything, the failures are counted, and one line says so.
/// </summary>
public sealed partial class BacklogWatch : IAsyncDisposable
{
    private readonly BacklogGuard _guard;
    private readonly KafkaOptions _kafka;
    private readonly TimeProvider _time;
    private readonly AdmissionMetrics _metrics;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _end = new();
    private Task? _watching;

    /// <summary>Begins to look, if there is any bound.</summary>
    /// <param name="guard">Whom it tells.</param>
    /// <param name="kafka">How to reach Kafka.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">Counts what fails.</param>
    /// <param name="logger">Says when it cannot look, and when it can again.</param>
    public BacklogWatch(BacklogGuard guard, KafkaOptions kafka, TimeProvider time, AdmissionMetrics metrics, ILogger<BacklogWatch> logger)
    {
        (_guard, _kafka, _time, _metrics, _logger) = (guard, kafka, time, metrics, logger);
        Watch();
    }

    /// <summary>Takes other bounds; with the first of them it begins to look. Not for concurrent use.</summary>
    /// <param name="options">The bounds, checked.</param>
    public void Adopt(BacklogOptions options)
    {
        _guard.Adopt(options);
        Watch();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await (_watching ?? Task.CompletedTask);
        _end.Dispose();
    }

    private void Watch()
    {
        if (_guard.Options.IsBounded)
            _watching ??= Task.WhenAll(Lane.All.Select(lane => Task.Run(() => WatchAsync(lane))));
    }

    private async Task WatchAsync(Lane lane)
    {
        var backlog = _guard.Of(lane);
        var isBlind = false;
        using var offsets = new LaneOffsets(_kafka, lane);
        using var timer = new PeriodicTimer(_guard.Options.LookInterval, _time);
        try
        {
            do
            {
                if (timer.Period != _guard.Options.LookInterval)
                    timer.Period = _guard.Options.LookInterval;
                if (!_guard.Options.IsBounded)
                    continue; // nothing is asked of Kafka until there is a bound again
                try
                {
                    var begin = backlog.BeginLook();
                    backlog.EndLook(begin, await offsets.ReadAsync());
                    if (isBlind)
                        Log.Sees(_logger, lane);
                    isBlind = false;
                }
                catch (KafkaException e)
                {
                    _metrics.LookFailed(lane.Name);
                    if (!isBlind)
                        Log.Blind(_logger, lane, e.Error.Reason, LaneBacklog.Blind);
                    isBlind = true;
                }
            }
            while (await timer.WaitForNextTickAsync(_end.Token));
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The end.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Lane {Lane}: Kafka does not say how far the workers are ({Reason}); after {Blind} without an answer everything is admitted")]
        public static partial void Blind(ILogger logger, Lane lane, string reason, TimeSpan blind);

        [LoggerMessage(2, LogLevel.Information, "Lane {Lane}: Kafka says again how far the workers are")]
        public static partial void Sees(ILogger logger, Lane lane);
    }
}
