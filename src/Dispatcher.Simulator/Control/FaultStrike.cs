namespace Dispatcher.Simulator.Control;

/// <summary>A fault that has hit one request.</summary>
/// <param name="Fault">What it does.</param>
/// <param name="Ended">Completes when the fault is taken away.</param>
internal sealed record FaultStrike(Fault Fault, Task Ended);
