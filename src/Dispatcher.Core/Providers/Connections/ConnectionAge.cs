namespace Dispatcher.Core.Providers.Connections;

/// <summary>Since when a connection is open and when it was used last. Guarded by the pool's lock.</summary>
/// <param name="lifetime">The age at which it is replaced.</param>
/// <param name="time">The clock.</param>
internal sealed class ConnectionAge(TimeSpan lifetime, TimeProvider time)
{
    private readonly long _opened = time.GetTimestamp();
    private long _used = time.GetTimestamp();

    /// <summary>Whether it is time for another one.</summary>
    public bool IsPast => lifetime != Timeout.InfiniteTimeSpan && time.GetElapsedTime(_opened) >= lifetime;

    /// <summary>For how long it was not used.</summary>
    public TimeSpan Idle => time.GetElapsedTime(_used);

    /// <summary>It is used.</summary>
    public void Used(long now) => _used = now;
}
