using Dispatcher.Api.Pushes;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Api.Batches;

/// <summary>What a batch works with and that is not its own.</summary>
/// <param name="Intake">What becomes of each line.</param>
/// <param name="Options">Bounds.</param>
/// <param name="Metrics">Counts lines.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">Bugs.</param>
/// <param name="Abort">Cuts the caller off.</param>
/// <param name="Stopping">The process is to end: lines are answered, but no longer taken.</param>
internal sealed record BatchSurroundings(
    PushIntake Intake, BatchOptions Options, BatchMetrics Metrics, TimeProvider Time, ILogger Logger, Action Abort, CancellationToken Stopping);
