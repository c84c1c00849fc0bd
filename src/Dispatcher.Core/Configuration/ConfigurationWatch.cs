using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Configuration;

/// <summary>
/// Notices that files of the configuration have changed. It reads them again and again, because mounted volumes swap links and tell nobody, and
/// believes what it has found twice in a row, because a file that is being written is half a file.
/// </summary>
public sealed partial class ConfigurationWatch : IDisposable
{
    /// <summary>How often files are read; a change is in force after twice that.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private readonly Func<string> _content;
    private readonly Action _reload;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly Lock _reading = new();
    private string _inForce;
    private string _last;
    private bool _isUnreadable;

    /// <summary>Begins to watch.</summary>
    /// <param name="content">What the files hold.</param>
    /// <param name="reload">Takes the change.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Says once that files cannot be read.</param>
    public ConfigurationWatch(Func<string> content, Action reload, TimeProvider time, ILogger<ConfigurationWatch> logger)
    {
        (_content, _reload, _logger) = (content, reload, logger);
        _inForce = _last = content();
        _timer = time.CreateTimer(static watch => ((ConfigurationWatch)watch!).Look(), this, Period, Period);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        if (!_reading.TryEnter())
            return; // the last time is not over yet
        try
        {
            var content = _content();
            _isUnreadable = false;
            (var isSettled, _last) = (content == _last, content);
            if (!isSettled || content == _inForce)
                return;
            _inForce = content;
            _reload();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_isUnreadable)
                Log.Unreadable(_logger, e.Message);
            _isUnreadable = true;
        }
        finally
        {
            _reading.Exit();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The configuration cannot be read: {Problem} What is in force stays")]
        public static partial void Unreadable(ILogger logger, string problem);
    }
}
