using System.Text;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Telemetry;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Dispatching;

/// <summary>
/// The bugs that a lane's pushes met: each is counted, and of each kind one a minute is logged, for a bug seldom meets one push only.
/// </summary>
/// <remarks>An exception's message may repeat what it choked on, and that is somebody's push: neither log nor headers ever have it.</remarks>
internal sealed partial class Faults(Lane lane, DispatchMetrics metrics, TimeProvider time, ILogger<Faults> logger)
{
    private readonly LogPace _pace = new(time);

    /// <summary>Takes note of one.</summary>
    /// <param name="fault">The exception.</param>
    /// <param name="consumed">The record that met it.</param>
    /// <param name="consequence">What becomes of the record, as the end of a sentence.</param>
    public void Saw(Exception fault, ConsumedPush consumed, string consequence)
    {
        var type = fault.GetType().Name;
        metrics.DispatchFailed(lane.Name, type);
        if (!_pace.MayLog(type, out var untold))
            return;
        using (PushScope.Begin(logger, consumed))
            Log.Fault(logger, type, consumed.Topic, consumed.Partition.Partition, consumed.Offset, consequence, untold, Trace(fault));
    }

    private static string Trace(Exception fault)
    {
        var trace = new StringBuilder();
        for (var cause = fault; cause is not null; cause = cause.InnerException)
            trace.AppendLine(cause.GetType().FullName).AppendLine(cause.StackTrace);
        return trace.ToString();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error,
            "{Fault} while record {Topic}/{Partition}@{Offset} was dispatched; {Consequence}. {Untold} more of these since the last one told.\n{Trace}")]
        public static partial void Fault(
            ILogger logger, string fault, string topic, int partition, long offset, string consequence, long untold, string trace);
    }
}
