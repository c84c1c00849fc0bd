using Dispatcher.Api.Access.Tokens;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Api.Access;

/// <summary>Puts keys and tokens in force when the configuration changes, and says who may what from now on. What is wrong changes nothing.</summary>
internal sealed partial class AccessReload
{
    private readonly Callers _callers;
    private readonly Func<AccessOptions> _read;
    private readonly Func<JwtOptions, JwtVerifier> _verifierOf;
    private readonly TimeProvider _time;
    private readonly AccessMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private AccessOptions _inForce;

    /// <param name="callers">Who may call.</param>
    /// <param name="inForce">What they were made of.</param>
    /// <param name="read">Reads the options; throws <see cref="InvalidOperationException"/> or <see cref="IOException"/> when they cannot be read.</param>
    /// <param name="verifierOf">Makes what checks tokens.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">Counts changes.</param>
    /// <param name="logger">The audit's lines.</param>
    public AccessReload(
        Callers callers,
        AccessOptions inForce,
        Func<AccessOptions> read,
        Func<JwtOptions, JwtVerifier> verifierOf,
        TimeProvider time,
        AccessMetrics metrics,
        ILogger<AccessReload> logger)
    {
        (_callers, _inForce, _read, _verifierOf, _time, _metrics, _logger) = (callers, inForce, read, verifierOf, time, metrics, logger);
        metrics.WatchKeys(() => callers.Keys.All.Select(key => (key.Caller.KeyName, key.Idle, key.ExpiresAt - time.GetUtcNow())));
    }

    /// <summary>Reads the configuration again.</summary>
    public void Reload()
    {
        lock (_lock)
        {
            try
            {
                var options = _read();
                if (options.Validate().ToArray() is { Length: > 0 } problems)
                    Refuse(problems);
                else
                    Take_NeedsLock(options);
            }
            catch (Exception e) when (e is InvalidOperationException or IOException)
            {
                Refuse(e is InvalidOperationException { InnerException: InvalidOperationException cause } ? cause.Message : e.Message);
            }
        }
    }

    private void Take_NeedsLock(AccessOptions options)
    {
        var changes = AccessChange.Between(_inForce, options).ToArray();
        if (changes.Length == 0)
            return; // another part of the configuration
        var tokens = options.Jwt == _inForce.Jwt ? _callers.Tokens : options.Jwt is null ? null : _verifierOf(options.Jwt);
        _callers.Replace(new ApiKeys(options, _time), tokens);
        _inForce = options;
        _metrics.Reloaded(isInForce: true);
        foreach (var change in changes)
            Log.Changed(_logger, change);
    }

    private void Refuse(params string[] problems)
    {
        _metrics.Reloaded(isInForce: false);
        foreach (var problem in problems)
            Log.Wrong(_logger, problem);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Access changed: {Change}")]
        public static partial void Changed(ILogger logger, string change);

        [LoggerMessage(2, LogLevel.Error, "{Problem} The access in force stays")]
        public static partial void Wrong(ILogger logger, string problem);
    }
}
