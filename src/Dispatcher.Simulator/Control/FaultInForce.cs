namespace Dispatcher.Simulator.Control;

/// <summary>One row of <c>GET /faults/{provider}</c>.</summary>
/// <param name="Struck">How many requests it has hit.</param>
/// <param name="Fault">What it does to them.</param>
public sealed record FaultInForce(long Struck, Fault Fault);
