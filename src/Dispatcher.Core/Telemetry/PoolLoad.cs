namespace Dispatcher.Core.Telemetry;

/// <summary>How a pool of connections stands at a moment.</summary>
/// <param name="Open">Connections that take pushes.</param>
/// <param name="InFlight">Pushes that wait for an answer.</param>
/// <param name="Waiting">Pushes that wait for a stream.</param>
/// <param name="Leaving">Pushes whose body waits for room.</param>
/// <param name="Streams">Streams that the open connections may have in all.</param>
public readonly record struct PoolLoad(int Open, int InFlight, int Waiting, int Leaving, int Streams);
