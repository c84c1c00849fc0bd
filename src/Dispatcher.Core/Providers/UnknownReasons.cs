using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Providers;

/// <summary>The reasons that a provider gave and that have no row in its table; each is logged once.</summary>
internal sealed partial class UnknownReasons(ILogger logger)
{
    // The words come from outside, so their number is bounded.
    private const int Limit = 100;

    private readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);

    /// <summary>How many there were.</summary>
    public int Count => _seen.Count;

    /// <summary>Takes note of one.</summary>
    public void Saw(int status, string reason)
    {
        if (_seen.Count < Limit && _seen.TryAdd(reason, true))
            Log.Unknown(logger, status, reason);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Unknown answer {Status} {Reason}: classified by its status. This is logged once")]
        public static partial void Unknown(ILogger logger, int status, string reason);
    }
}
