using Dispatcher.Cli.Output;
using Dispatcher.Core.Sending;

namespace Dispatcher.Cli.Up;

/// <summary>The figures as a line now and then, for logs: only when something changed.</summary>
/// <param name="reader">Reads the figures.</param>
/// <param name="output">Takes the lines.</param>
/// <param name="time">Measures the pauses.</param>
internal sealed class PlainView(FigureReader reader, TextWriter output, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    public async Task ShowAsync(CancellationToken stop)
    {
        var shown = reader.Last;
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(stop))
        {
            var figures = await reader.ReadAsync();
            if (figures.DiffersFrom(shown))
                await output.WriteLineAsync(Line(figures));
            shown = figures;
        }
    }

    internal static string Line(Figures figures)
    {
        var outcomes = Enum.GetValues<OutcomeKind>()
            .Select(outcome => (Name: Kafka.OutcomeCount.Name(outcome), Count: figures.Count(outcome)))
            .Where(outcome => outcome.Count > 0)
            .Select(outcome => $"{Number.Text(outcome.Count)} {outcome.Name}");
        return $"accepted {Number.Text(figures.Accepted)}, settled {Number.Text(figures.Settled)}"
            + $" ({string.Join(", ", outcomes.DefaultIfEmpty("none"))}), in flight {Number.Text(figures.InFlight)},"
            + $" lag {Number.Text(figures.Lag)}, dead letters {Number.Text(figures.DeadLetters)}"
            + (figures.Problem is { } problem ? $"; {problem}" : "");
    }
}
