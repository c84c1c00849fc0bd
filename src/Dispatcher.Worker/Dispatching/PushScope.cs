using System.Diagnostics;
using Dispatcher.Core.Telemetry.Logging;
using Dispatcher.Worker.Consuming;

namespace Dispatcher.Worker.Dispatching;

/// <summary>Puts the push at hand into the scope of the lines that are about it.</summary>
internal static class PushScope
{
    /// <summary>Around a line that is written anyway.</summary>
    /// <param name="logger">Who writes it.</param>
    /// <param name="consumed">The push.</param>
    public static IDisposable? Begin(ILogger logger, ConsumedPush consumed) =>
        logger.BeginScope(new PushLogScope(consumed.PushId, Activity.Current is { Recorded: true } span ? span.TraceId.ToString() : consumed.Trace?.TraceId));

    /// <summary>Around all that is done with it, which writes lines at Debug only: otherwise there is none, and it costs nothing.</summary>
    /// <param name="logger">Who would write them.</param>
    /// <param name="consumed">The push.</param>
    public static IDisposable? BeginForDebug(ILogger logger, ConsumedPush consumed) =>
        logger.IsEnabled(LogLevel.Debug) ? Begin(logger, consumed) : null;
}
