using Dispatcher.Core.Providers.Connections;
using Dispatcher.Core.Providers.Connections.Http2;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Telemetry;
using Dispatcher.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dispatcher.Core.Tests.Providers.Connections;

/// <summary>Pools to test, and requests on them.</summary>
internal static class Pools
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static ConnectionSettings Settings(Uri endpoint, string? caPath = null) => new()
    {
        Provider = Provider.Apns,
        Endpoint = endpoint,
        Connections = 1,
        Streams = 50,
        IdleTimeout = TimeSpan.FromHours(1),
        Roots = TrustedRoots.Load(caPath),
    };

    public static ConnectionPool Open(
        ConnectionSettings settings, TimeProvider? time = null, ConnectionMetrics? metrics = null, ILogger? logger = null) => new(
        settings, metrics ?? new RecordedConnections().Metrics, time ?? new FakeTimeProvider(), () => 0, logger ?? NullLogger.Instance);

    public static Task<Reply> SendAsync(ConnectionPool pool, Uri endpoint, CancellationToken cancellationToken = default) =>
        SendAsync(pool, endpoint, bytes: 2, cancellationToken);

    public static async Task<Reply> SendAsync(ConnectionPool pool, Uri endpoint, int bytes, CancellationToken cancellationToken = default)
    {
        var request = new Http2Request("POST", endpoint.AbsolutePath) { Body = new byte[bytes] };
        return await pool.SendAsync(request, cancellationToken).AsTask().WaitAsync(Patience, CancellationToken.None);
    }

    /// <summary>Waits for what a peer or a pool does on its own time.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
#pragma warning disable RS0030 // the peer's sockets live in real time
        var time = TimeProvider.System;
#pragma warning restore RS0030
        for (var started = time.GetTimestamp(); !condition(); await Task.Delay(TimeSpan.FromMilliseconds(5), time))
            Assert.True(time.GetElapsedTime(started) < Patience, what);
    }
}
