using System.Diagnostics.Metrics;

namespace Dispatcher.Core.Telemetry;

/// <summary>Batches of pushes as they come in.</summary>
public sealed class BatchMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Dispatcher.Batches";

    private readonly UpDownCounter<long> _running;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _lines;
    private readonly Counter<long> _failed;

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">Where the meter comes from.</param>
    public BatchMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _running = meter.CreateUpDownCounter<long>("dispatcher.batch.running", "{batch}", "Batches that are being read or answered.");
        _ended = meter.CreateCounter<long>("dispatcher.batch.ended", "{batch}", "Batches that ended, by how.");
        _lines = meter.CreateCounter<long>(
            "dispatcher.batch.lines", "{line}", "Lines by the status of their result, and whether the caller could still be told.");
        _failed = meter.CreateCounter<long>("dispatcher.batch.lines.failed", "{line}", "Lines that a bug spoilt; the log has it.");
    }

    /// <summary>A batch is taken.</summary>
    public void BatchBegun() => _running.Add(1);

    /// <summary>A batch is over.</summary>
    /// <param name="how">Complete, or why its results did not all reach the caller.</param>
    public void BatchEnded(string how)
    {
        _running.Add(-1);
        _ended.Add(1, new KeyValuePair<string, object?>("dispatcher.batch.end", how));
    }

    /// <summary>A line has its result.</summary>
    /// <param name="status">The result's status.</param>
    /// <param name="isTold">Whether the caller was still there.</param>
    public void LineAnswered(int status, bool isTold)
    {
        if (_lines.Enabled)
            _lines.Add(1, new("http.response.status_code", status), new KeyValuePair<string, object?>("dispatcher.batch.told", isTold));
    }

    /// <summary>A bug spoilt a line.</summary>
    public void LineFailed() => _failed.Add(1);
}
