using Dispatcher.Api.Access.Tokens;
using Dispatcher.Core.Telemetry;

namespace Dispatcher.Api.Access;

/// <summary>Puts keys and tokens in force when the configuration changes, and says who may what from now on.</summary>
internal sealed partial class AccessReload
{
    private readonly Callers _callers;
    private readonly Func<JwtOptions, JwtVerifier> _verifierOf;
    private readonly TimeProvider _time;
    private readonly AccessMetrics _metrics;
    private readonly ILogger _logger;
    private AccessOptions _inForce;

    /// <param name="callers">Who may call.</param>
    /// <param name="inForce">What they were made of.</param>
    /// <param name="verifierOf">Makes what checks tokens.</param>
    /// <param name="time">The clock.</param>
    /// <param name="metrics">Counts changes.</param>
    /// <param name="logger">The audit's lines.</param>
    public AccessReload(
        Callers callers,
        AccessOptions inForce,
        Func<JwtOptions, JwtVerifier> verifierOf,
        TimeProvider time,
        AccessMetrics metrics,
        ILogger<AccessReload> logger)
    {
        (_callers, _inForce, _verifierOf, _time, _metrics, _logger) = (callers, inForce, verifierOf, time, metrics, logger);
        metrics.WatchKeys(() => callers.Keys.All.Select(key => (key.Caller.KeyName, key.Idle, key.ExpiresAt - time.GetUtcNow())));
    }

    /// <summary>Puts options in force, if they say anything else about who may what. Not for concurrent use.</summary>
    /// <param name="options">The options, checked.</param>
    public void Take(AccessOptions options)
    {
        var changes = AccessChange.Between(_inForce, options).ToArray();
        if (changes.Length == 0)
            return; // another part of the configuration
        var tokens = options.Jwt == _inForce.Jwt ? _callers.Tokens : options.Jwt is null ? null : _verifierOf(options.Jwt);
        _callers.Replace(new ApiKeys(options, _time), tokens);
        _inForce = options;
        _metrics.Reloaded();
        foreach (var change in changes)
            Log.Changed(_logger, change);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Access changed: {Change}")]
        public static partial void Changed(ILogger logger, string change);
    }
}
