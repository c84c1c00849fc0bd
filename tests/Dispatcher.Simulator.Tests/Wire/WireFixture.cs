namespace Dispatcher.Simulator.Tests.Wire;

/// <summary>The same world, pushed to by its frame-level ports.</summary>
public sealed class WireFixture : SimulatorFixture
{
    public WireFixture() => IsOnWire = true;
}
