using System.Diagnostics.CodeAnalysis;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Api.Access.Tokens;

/// <summary>
/// The identity provider's keys, kept and renewed in the background. A key that is there is there at once, whatever the provider does. One
/// that is not is looked for, by all who wait together, and at most once in <see cref="UnknownKeyPause"/>: who makes ids up gets no further.
/// While the provider cannot be reached, the keys so far stay.
/// </summary>
internal sealed partial class SigningKeys : IDisposable
{
    /// <summary>The least time between two fetches for keys that are not known.</summary>
    public static readonly TimeSpan UnknownKeyPause = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);

    private readonly Func<Task<KeySet>> _fetchAsync;
    private readonly IDisposable? _source;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly Func<double> _chance;
    private readonly AccessMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private volatile KeySet _keys = KeySet.Empty;
    private Task? _fetching;
    private long _lastFetch;
    private TimeSpan _retry = FirstRetry;
    private bool _disposed;

    /// <summary>Begins to fetch.</summary>
    /// <param name="fetchAsync">Gets the keys, within <see cref="KeyFetch.Deadline"/>.</param>
    /// <param name="source">What ends with this.</param>
    /// <param name="interval">How often.</param>
    /// <param name="time">The clock.</param>
    /// <param name="chance">Spreads fetches, so that replicas do not ask at once.</param>
    /// <param name="metrics">Counts fetches.</param>
    /// <param name="logger">Says when keys change or cannot be fetched.</param>
    public SigningKeys(
        Func<Task<KeySet>> fetchAsync, IDisposable? source, TimeSpan interval, TimeProvider time, Func<double> chance, AccessMetrics metrics, ILogger logger)
    {
        (_fetchAsync, _source, _interval, _time, _chance, _metrics, _logger) = (fetchAsync, source, interval, time, chance, metrics, logger);
        _timer = time.CreateTimer(static keys => _ = ((SigningKeys)keys!).FetchAsync(isForUnknown: false), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _ = FetchAsync(isForUnknown: false);
    }

    /// <summary>Finds a key that is there.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="algorithm">What it must be for.</param>
    /// <param name="key">The key.</param>
    public bool TryFind(string id, string algorithm, [NotNullWhen(true)] out VerificationKey? key) => (key = _keys.Find(id, algorithm)) is not null;

    /// <summary>Finds a key, and fetches the keys if it is not there and the last fetch is long enough ago.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="algorithm">What it must be for.</param>
    public async Task<VerificationKey?> FindAsync(string id, string algorithm)
    {
        await FetchAsync(isForUnknown: true);
        return _keys.Find(id, algorithm);
    }

    public void Dispose()
    {
        lock (_lock)
            _disposed = true;
        _timer.Dispose();
        _source?.Dispose();
    }

    /// <summary>Waits for the fetch that is under way, or begins one.</summary>
    private Task FetchAsync(bool isForUnknown)
    {
        lock (_lock)
        {
            if (_fetching is { IsCompleted: false })
                return _fetching;
            if (_disposed || (isForUnknown && _time.GetElapsedTime(_lastFetch) < UnknownKeyPause))
                return Task.CompletedTask;
            _lastFetch = _time.GetTimestamp();
            return _fetching = Task.Run(RenewAsync);
        }
    }

    private async Task RenewAsync()
    {
        TimeSpan next;
        try
        {
            var keys = await _fetchAsync();
            if (_keys.Count != keys.Count)
                Log.Fetched(_logger, keys.Count);
            _keys = keys;
            (next, _retry) = (_interval, FirstRetry);
            _metrics.KeySetFetched(isGood: true);
        }
        catch (Exception e) // whatever it was, the keys so far stay and it is tried again
        {
            (next, _retry) = (_retry, TimeSpan.FromTicks(Math.Min(_retry.Ticks * 2, _interval.Ticks)));
            _metrics.KeySetFetched(isGood: false);
            Log.Failed(_logger, _keys.Count, next, e is OperationCanceledException ? "it took too long" : e.Message);
        }

        lock (_lock)
        {
            if (!_disposed)
                _timer.Change(next * (0.9 + (0.1 * _chance())), Timeout.InfiniteTimeSpan);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The identity provider has {Count} keys that tokens may be signed with")]
        public static partial void Fetched(ILogger logger, int count);

        [LoggerMessage(2, LogLevel.Error, "The identity provider's keys cannot be fetched; the {Count} so far stay, and it is tried again in {Next}: {Problem}")]
        public static partial void Failed(ILogger logger, int count, TimeSpan next, string problem);
    }
}
