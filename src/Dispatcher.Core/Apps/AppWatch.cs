using Microsoft.Extensions.Logging;

namespace Dispatcher.Core.Apps;

/// <summary>
/// Puts apps and credentials in force when their files change. It reads them again and again, because mounted volumes swap links and tell
/// nobody, and believes what it has found twice in a row. What is wrong stays out: the app goes on as it was.
/// </summary>
public sealed partial class AppWatch : IDisposable
{
    /// <summary>How often files are read; a change is in force after twice that.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly AppCatalog _apps;
    private readonly AppSource _source;
    private readonly IReadOnlyList<Func<IReadOnlyCollection<App>, IReadOnlyList<string>>> _users;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly Lock _reading = new();
    private volatile IReadOnlyList<string> _problems = [];
    private IReadOnlyList<string> _usersProblems = [];
    private AppReading? _last;
    private int _changes;

    /// <summary>Begins to watch.</summary>
    /// <param name="apps">What is in force.</param>
    /// <param name="source">Where it is configured.</param>
    /// <param name="users">Who must take the apps before they are in force; each says what it could not take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">What changes, and what is wrong.</param>
    public AppWatch(
        AppCatalog apps,
        AppSource source,
        IReadOnlyList<Func<IReadOnlyCollection<App>, IReadOnlyList<string>>> users,
        TimeProvider time,
        ILogger<AppWatch> logger)
    {
        (_apps, _source, _users, _logger) = (apps, source, users, logger);
        _timer = time.CreateTimer(static watch => ((AppWatch)watch!).Read(), this, Period, Period);
    }

    /// <summary>What is wrong at the moment; each names the app, the option and the value.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>How often apps were put in force since the start.</summary>
    public int Changes => Volatile.Read(ref _changes);

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Read()
    {
        if (!_reading.TryEnter())
            return; // the last time is not over yet
        try
        {
            var reading = _source.Read(_apps.Apps);
            var isSettled = reading.IsSameAs(_last);
            _last = reading;
            if (isSettled)
                Settle(reading);
        }
        catch (Exception e) // the timer would take the process with it
        {
            Report([.. _problems.Where(problem => !problem.StartsWith("Apps", StringComparison.Ordinal)), $"Apps cannot be read: {e.Message}"]);
        }
        finally
        {
            _reading.Exit();
        }
    }

    private void Settle(AppReading reading)
    {
        var old = _apps.Apps.ToDictionary(app => app.Name, StringComparer.Ordinal);
        var isChanged = reading.Apps.Count != old.Count || reading.Apps.Any(app => !old.TryGetValue(app.Name, out var was) || was != app);
        if (isChanged && reading.Apps.Count == 0)
        {
            // An empty folder is a volume that is not mounted far more often than a wish.
            Report([.. reading.Problems, "Apps: none is left, so those so far stay in force."]);
            return;
        }

        if (isChanged)
        {
            _usersProblems = [.. _users.SelectMany(take => take(reading.Apps))];
            _apps.Replace(reading.Apps);
            Interlocked.Increment(ref _changes);
            foreach (var app in reading.Apps.Where(app => !old.TryGetValue(app.Name, out var was) || was != app))
                Log.InForce(_logger, app.Name, old.ContainsKey(app.Name) ? "changed" : "new");
            foreach (var name in old.Keys.Except(reading.Apps.Select(app => app.Name)))
                Log.Gone(_logger, name);
        }

        Report([.. reading.Problems, .. _usersProblems]);
    }

    private void Report(IReadOnlyList<string> problems)
    {
        foreach (var problem in problems.Except(_problems))
            Log.Wrong(_logger, problem);
        _problems = problems;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "App {App} is in force: {What}")]
        public static partial void InForce(ILogger logger, string app, string what);

        [LoggerMessage(2, LogLevel.Information, "App {App} is gone")]
        public static partial void Gone(ILogger logger, string app);

        [LoggerMessage(3, LogLevel.Error, "{Problem} What was in force stays")]
        public static partial void Wrong(ILogger logger, string problem);
    }
}
