namespace Dispatcher.Core.Telemetry;

/// <summary>What happens on the connections of one pool.</summary>
public sealed class PoolMetrics : IDisposable
{
    private readonly ConnectionMetrics _all;
    private readonly KeyValuePair<string, object?>[] _tags;

    internal PoolMetrics(ConnectionMetrics all, string provider, string host)
    {
        (_all, Provider, Host) = (all, provider, host);
        _tags = Tags(provider, host);
    }

    internal string Provider { get; }

    internal string Host { get; }

    /// <summary>A connection is open.</summary>
    /// <param name="took">How long DNS, TCP and TLS took.</param>
    public void Opened(TimeSpan took) => _all.Opened.Record(took.TotalSeconds, _tags);

    /// <summary>A connection did not come about.</summary>
    /// <param name="reason">Why: one of a handful of words.</param>
    public void OpenFailed(string reason) => _all.OpenFailures.Add(1, With("error.type", reason));

    /// <summary>A connection takes nothing new any more.</summary>
    /// <param name="reason">Why: one of a handful of words.</param>
    public void Retired(string reason) => _all.Retired.Add(1, With("dispatcher.reason", reason));

    /// <summary>The peer ends a connection.</summary>
    /// <param name="reason">Its word for it.</param>
    public void GoneAway(string reason) => _all.GoneAway.Add(1, With("dispatcher.reason", reason));

    /// <summary>A push went on another connection.</summary>
    public void Resent() => _all.Resent.Add(1, _tags);

    /// <summary>What has left since it was last said.</summary>
    /// <param name="bytes">Bytes of bodies.</param>
    /// <param name="refused">Streams that were refused and opened again.</param>
    public void Left(long bytes, long refused)
    {
        if (bytes > 0)
            _all.Bytes.Add(bytes, _tags);
        if (refused > 0)
            _all.Refused.Add(refused, _tags);
    }

    /// <summary>The pool is shut.</summary>
    public void Dispose() => _all.Forget(this);

    internal static KeyValuePair<string, object?>[] Tags(string provider, string host) =>
        [new("dispatcher.provider", provider), new("server.address", host)];

    private KeyValuePair<string, object?>[] With(string name, string value) => [.. _tags, new(name, value)];
}
