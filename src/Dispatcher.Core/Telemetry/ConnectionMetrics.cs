using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Telemetry;

/// <summary>What happens on the connections to the providers.</summary>
public sealed class ConnectionMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Dispatcher.Connections";

    private readonly ConcurrentDictionary<PoolMetrics, Func<PoolLoad>> _pools = new();

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">Where the meter comes from.</param>
    public ConnectionMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        Opened = meter.CreateHistogram(
            "dispatcher.connections.opened", "s", "Connections opened, by the time that DNS, TCP and TLS took.", tags: null, new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
            });
        OpenFailures = meter.CreateCounter<long>("dispatcher.connections.open_failures", "{connection}", "Connections that did not come about, by reason.");
        Retired = meter.CreateCounter<long>("dispatcher.connections.retired", "{connection}", "Connections that take nothing new any more, by reason.");
        GoneAway = meter.CreateCounter<long>("dispatcher.connections.goaways", "{connection}", "GOAWAYs, by the peer's reason.");
        Refused = meter.CreateCounter<long>("dispatcher.connections.refused_streams", "{stream}", "Streams that a peer refused and that were opened again.");
        Resent = meter.CreateCounter<long>("dispatcher.connections.resent", "{push}", "Pushes that a lost connection had not processed and that went on another one.");
        Bytes = meter.CreateCounter<long>("dispatcher.connections.sent", "By", "Bytes of bodies that left.");
        meter.CreateObservableGauge("dispatcher.connections.open", () => Observe(load => load.Open), "{connection}", "Connections that take pushes.");
        meter.CreateObservableGauge("dispatcher.connections.in_flight", () => Observe(load => load.InFlight), "{push}", "Pushes that wait for an answer.");
        meter.CreateObservableGauge(
            "dispatcher.connections.streams", () => Observe(load => load.Streams), "{stream}", "Streams that open connections may have in all.");
        meter.CreateObservableGauge("dispatcher.connections.waiting", () => Observe(load => load.Waiting), "{push}", "Pushes that wait for a stream.");
        meter.CreateObservableGauge(
            "dispatcher.connections.leaving",
            () => Observe(load => load.Leaving),
            "{push}",
            "Pushes whose body waits for the peer to make room (flow control).");
    }

    internal Histogram<double> Opened { get; }

    internal Counter<long> OpenFailures { get; }

    internal Counter<long> Retired { get; }

    internal Counter<long> GoneAway { get; }

    internal Counter<long> Refused { get; }

    internal Counter<long> Resent { get; }

    internal Counter<long> Bytes { get; }

    /// <summary>What one pool counts. Pools to the same host are added up.</summary>
    /// <param name="provider">Whose host.</param>
    /// <param name="host">The host; bounded by the configuration.</param>
    /// <param name="load">How the pool stands.</param>
    public PoolMetrics Of(Provider provider, string host, Func<PoolLoad> load)
    {
        var pool = new PoolMetrics(this, provider.ToString().ToLowerInvariant(), host);
        _pools[pool] = load;
        return pool;
    }

    internal void Forget(PoolMetrics pool) => _pools.TryRemove(pool, out _);

    private IEnumerable<Measurement<int>> Observe(Func<PoolLoad, int> value) =>
        from pool in _pools
        group value(pool.Value()) by (pool.Key.Provider, pool.Key.Host) into host
        select new Measurement<int>(host.Sum(), PoolMetrics.Tags(host.Key.Provider, host.Key.Host));
}
