using Dispatcher.Core.Apps;

namespace Dispatcher.Api.Templates;

/// <summary>
/// Puts templates in force when their files change, in the way of <see cref="AppWatch"/>: it reads them again and again, and believes what
/// it has found twice in a row. What is wrong stays out: the template goes on as it was.
/// </summary>
internal sealed partial class TemplateWatch : IDisposable
{
    private readonly TemplateCatalog _templates;
    private readonly TemplateFolder _folder;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly Lock _reading = new();
    private volatile IReadOnlyList<string> _problems = [];
    private TemplateReading? _last;
    private int _changes;

    /// <summary>Begins to watch.</summary>
    /// <param name="templates">What is in force.</param>
    /// <param name="folder">Where it is configured.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">What changes, and what is wrong.</param>
    public TemplateWatch(TemplateCatalog templates, TemplateFolder folder, TimeProvider time, ILogger<TemplateWatch> logger)
    {
        (_templates, _folder, _logger) = (templates, folder, logger);
        _timer = time.CreateTimer(static watch => ((TemplateWatch)watch!).Read(), this, AppWatch.Period, AppWatch.Period);
    }

    /// <summary>What is wrong at the moment; each names the file and the place in it.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>How often templates were put in force since the start.</summary>
    public int Changes => Volatile.Read(ref _changes);

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Read()
    {
        if (!_reading.TryEnter())
            return; // the last time is not over yet
        try
        {
            var reading = _folder.Read(_templates.Templates);
            var isSettled = reading.IsSameAs(_last);
            _last = reading;
            if (isSettled)
                Settle(reading);
        }
        catch (Exception e) // the timer would take the process with it
        {
            Report([$"Templates cannot be read: {e.Message}"]);
        }
        finally
        {
            _reading.Exit();
        }
    }

    private void Settle(TemplateReading reading)
    {
        var old = _templates.Templates.ToDictionary(template => template.Name!, StringComparer.Ordinal);
        var changed = reading.Templates.Where(template => !old.TryGetValue(template.Name!, out var was) || !was.IsSameAs(template)).ToList();
        var gone = old.Keys.Except(reading.Templates.Select(template => template.Name!)).ToList();
        if (gone.Count > 0 && reading.Templates.Count == 0)
        {
            // An empty folder is a volume that is not mounted far more often than a wish.
            Report([.. reading.Problems, "Templates: none is left, so those so far stay in force."]);
            return;
        }

        if (changed.Count + gone.Count > 0)
        {
            _templates.Replace(reading.Templates);
            Interlocked.Increment(ref _changes);
            foreach (var template in changed)
                Log.InForce(_logger, template.Name!, old.ContainsKey(template.Name!) ? "changed" : "new");
            foreach (var name in gone)
                Log.Gone(_logger, name);
        }

        Report(reading.Problems);
    }

    private void Report(IReadOnlyList<string> problems)
    {
        foreach (var problem in problems.Except(_problems))
            Log.Wrong(_logger, problem);
        _problems = problems;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Template {Template} is in force: {What}")]
        public static partial void InForce(ILogger logger, string template, string what);

        [LoggerMessage(2, LogLevel.Information, "Template {Template} is gone")]
        public static partial void Gone(ILogger logger, string template);

        [LoggerMessage(3, LogLevel.Error, "{Problem} What was in force stays")]
        public static partial void Wrong(ILogger logger, string problem);
    }
}
