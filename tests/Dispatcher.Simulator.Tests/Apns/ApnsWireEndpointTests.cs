using Dispatcher.Simulator.Tests.Wire;

namespace Dispatcher.Simulator.Tests.Apns;

/// <summary>Everything once more: both servers lead to the same rules.</summary>
public sealed class ApnsWireEndpointTests(WireFixture fixture) : ApnsEndpointTests(fixture), IClassFixture<WireFixture>;
