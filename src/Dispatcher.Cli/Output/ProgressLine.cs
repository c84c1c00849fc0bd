using System.Globalization;
using Dispatcher.Cli.Arguments;

namespace Dispatcher.Cli.Output;

/// <summary>
/// A line on standard error that says how far something is, how fast, and how long it will take: redrawn on a terminal; elsewhere, where
/// that is wanted, a line of its own now and then.
/// </summary>
internal sealed class ProgressLine : IDisposable
{
    private const int BarCells = 24;
    private const string Back = "\r";
    private const string BackAndClear = "\r\u001b[K";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Terminal _terminal;
    private readonly TimeProvider _time;
    private readonly string _what;
    private readonly long _total;
    private readonly Func<long> _done;
    private readonly long _start;
    private readonly ITimer? _timer;
    private bool _ended;

    /// <summary>Begins to show it.</summary>
    /// <param name="terminal">Where.</param>
    /// <param name="time">The clock.</param>
    /// <param name="what">What is going on: <c>reading</c>.</param>
    /// <param name="total">How much there is to do.</param>
    /// <param name="done">How much is done; asked from another thread.</param>
    /// <param name="plainly">Whether to say it where no terminal is, too.</param>
    public ProgressLine(Terminal terminal, TimeProvider time, string what, long total, Func<long> done, bool plainly = false)
    {
        (_terminal, _time, _what, _total, _done) = (terminal, time, what, total, done);
        _start = time.GetTimestamp();
        if (terminal.ErrorWidth is not null)
            _timer = time.CreateTimer(_ => Draw(), null, Interval, Interval);
        else if (plainly)
            _timer = time.CreateTimer(_ => Say(), null, PlainInterval, PlainInterval);
    }

    public void Dispose()
    {
        _timer?.Dispose();
        lock (_lock)
        {
            if (_terminal.ErrorWidth is not null && !_ended)
                _terminal.Error.Write(BackAndClear);
            _ended = true;
        }
    }

    /// <summary>The line.</summary>
    /// <param name="what">What is going on.</param>
    /// <param name="done">How much is done.</param>
    /// <param name="total">Of how much.</param>
    /// <param name="elapsed">For how long.</param>
    internal static string Line(string what, long done, long total, TimeSpan elapsed)
    {
        var share = total > 0 ? Math.Clamp((double)done / total, 0, 1) : 1;
        return string.Create(
            CultureInfo.InvariantCulture, $"{what} {Bar.Of(share, BarCells)} {share:0%} of {Number.Text(total)}  {Speed(done, total, elapsed)}");
    }

    /// <summary>The line for a log.</summary>
    /// <param name="what">What is going on.</param>
    /// <param name="done">How much is done.</param>
    /// <param name="total">Of how much.</param>
    /// <param name="elapsed">For how long.</param>
    internal static string PlainLine(string what, long done, long total, TimeSpan elapsed) =>
        $"{what}: {Number.Text(done)} of {Number.Text(total)}, {Speed(done, total, elapsed)}";

    private static string Speed(long done, long total, TimeSpan elapsed)
    {
        var rate = elapsed > TimeSpan.Zero ? done / elapsed.TotalSeconds : 0;
        var left = rate > 0 && done < total ? $"  {Duration.Text(TimeSpan.FromSeconds(Math.Ceiling((total - done) / rate)))} left" : "";
        return $"{Number.Text(rate)}/s{left}";
    }

    private void Say()
    {
        lock (_lock)
        {
            if (!_ended)
                _terminal.Error.WriteLine(PlainLine(_what, _done(), _total, _time.GetElapsedTime(_start)));
        }
    }

    private void Draw()
    {
        var line = Line(_what, _done(), _total, _time.GetElapsedTime(_start));
        lock (_lock)
        {
            if (!_ended)
                _terminal.Error.Write($"{Back}{TextTable.Fit(line, _terminal.ErrorWidth!.Value - 1)}\u001b[K");
        }
    }
}
