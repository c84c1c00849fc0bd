using Dispatcher.Simulator.Tests.Wire;

namespace Dispatcher.Simulator.Tests.Fcm;

/// <summary>Everything once more: both servers lead to the same rules.</summary>
public sealed class FcmWireEndpointTests(WireFixture fixture) : FcmEndpointTests(fixture), IClassFixture<WireFixture>;
