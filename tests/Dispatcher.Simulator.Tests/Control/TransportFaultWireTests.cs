namespace Dispatcher.Simulator.Tests.Control;

/// <summary>Everything once more on the frame-level server: clients cannot tell the two apart.</summary>
public sealed class TransportFaultWireTests() : TransportFaultTests(isOnWire: true);
