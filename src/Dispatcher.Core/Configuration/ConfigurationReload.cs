using Dispatcher.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Configuration;

/// <summary>
/// Puts a changed configuration in force, whole or not at all: what is wrong with any of it keeps everything as it was. One line says what
/// changed; what needs a restart is said, too, and counted for as long as it is so.
/// </summary>
/// <typeparam name="T">The service's configuration.</typeparam>
public sealed partial class ConfigurationReload<T>
    where T : class, IServiceConfiguration
{
    /// <summary>Changes that a line names; a file with a thousand new apps is no reason for a line that no log takes.</summary>
    private const int MostNamed = 50;

    private readonly T _started;
    private readonly Func<T> _read;
    private readonly Action<T> _adopt;
    private readonly ConfigurationMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private T _last;

    /// <param name="started">What the process was started with.</param>
    /// <param name="read">Reads everything again; throws where it cannot be read.</param>
    /// <param name="adopt">Puts the live options in force. Called by one thread at a time, with a configuration that has no problem.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="logger">The audit's lines.</param>
    public ConfigurationReload(T started, Func<T> read, Action<T> adopt, ConfigurationMetrics metrics, ILogger<ConfigurationReload<T>> logger)
    {
        (_started, _last, _read, _adopt, _metrics, _logger) = (started, started, read, adopt, metrics, logger);
    }

    /// <summary>Reads the configuration again, and puts in force what changed.</summary>
    public void Reload()
    {
        lock (_lock)
        {
            try
            {
                var now = _read();
                if (now.Problems.Count > 0)
                    Refuse(now.Problems);
                else
                    Take_NeedsLock(now);
            }
            catch (Exception e) // a timer's thread: whatever it is, the process goes on with what it has
            {
                Refuse([e is InvalidDataException ? $"{e.Message} {e.GetBaseException().Message}" : e.Message]);
            }
        }
    }

    private void Take_NeedsLock(T now)
    {
        var changes = OptionChange.Between(_last.Values, now.Values);
        if (changes.Count == 0)
            return; // other words for the same
        _adopt(now);
        _last = now;
        _metrics.InForce(OptionChange.Between(_started.Values, now.Values).Count(change => !change.IsLive));
        if (changes.Where(change => change.IsLive).Select(change => change.ToString()).ToArray() is { Length: > 0 } live)
            Log.Changed(_logger, string.Join(", ", live.Take(MostNamed)) + (live.Length > MostNamed ? $" and {live.Length - MostNamed} more" : ""));
        foreach (var change in changes.Where(change => !change.IsLive).Take(MostNamed))
        {
            var isBack = !OptionChange.Between(_started.Values, now.Values).Any(other => other.Path == change.Path);
            if (isBack)
                Log.IsBack(_logger, change.ToString());
            else
                Log.NeedsRestart(_logger, change.ToString());
        }
    }

    private void Refuse(IEnumerable<string> problems)
    {
        _metrics.Refused();
        Log.Wrong(_logger, string.Join(' ', problems.Take(MostNamed)));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Configuration changed: {Changes}")]
        public static partial void Changed(ILogger logger, string changes);

        [LoggerMessage(2, LogLevel.Warning, "{Change} needs a restart; the old value stays in force")]
        public static partial void NeedsRestart(ILogger logger, string change);

        [LoggerMessage(3, LogLevel.Information, "{Change} is what is in force; it needs no restart any more")]
        public static partial void IsBack(ILogger logger, string change);

        [LoggerMessage(4, LogLevel.Error, "{Problems} The configuration in force stays")]
        public static partial void Wrong(ILogger logger, string problems);
    }
}
