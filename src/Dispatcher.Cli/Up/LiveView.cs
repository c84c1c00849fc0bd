using Dispatcher.Cli.Output;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Dispatcher.Cli.Up;

/// <summary>The figures as a picture that moves, for a terminal.</summary>
/// <param name="reader">Reads the figures.</param>
/// <param name="screen">Where it is drawn.</param>
/// <param name="time">Measures the pauses.</param>
internal sealed class LiveView(FigureReader reader, IAnsiConsole screen, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public Task ShowAsync(CancellationToken stop) => screen.Live(Draw(reader.Last, reader.Last)).StartAsync(async context =>
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(stop))
        {
            var earlier = reader.Last;
            context.UpdateTarget(Draw(await reader.ReadAsync(), earlier));
        }
    });

    internal static IRenderable Draw(Figures now, Figures earlier)
    {
        var rows = new List<IRenderable> { Totals(now, earlier), Outcomes(now) };
        if (now.Problem is { } problem)
            rows.Add(new Text(problem, new Style(Color.Red)));
        rows.Add(new Text("Ctrl-C drains and stops.", new Style(decoration: Decoration.Dim)));
        return new Rows(rows);
    }

    private static Table Totals(Figures now, Figures earlier)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = false };
        foreach (var width in (int[])[8, 26, 12, 10]) // fixed, so that the picture does not tremble
            table.AddColumn(new TableColumn("") { Alignment = Justify.Right, Padding = new Padding(0, 0, 3, 0), NoWrap = true, Width = width });

        void Row(string name, Func<Figures, long> flow, string other, long stock) => table.AddRow(
            name, $"[bold]{Number.Text(flow(now))}[/]  {Number.Text(now.PerSecond(earlier, flow))}/s", other, $"[bold]{Number.Text(stock)}[/]");

        Row("accepted", figures => figures.Accepted, "in flight", now.InFlight);
        Row("settled", figures => figures.Settled, "lag", now.Lag);
        table.AddRow("", "", "dead letters", now.DeadLetters > 0 ? $"[bold red]{Number.Text(now.DeadLetters)}[/]" : "[bold]0[/]");
        return table;
    }

    private static Table Outcomes(Figures now)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn("outcome");
        table.AddColumn(new TableColumn("apns") { Alignment = Justify.Right, Width = 12 });
        table.AddColumn(new TableColumn("fcm") { Alignment = Justify.Right, Width = 12 });
        foreach (var outcome in Enum.GetValues<OutcomeKind>().Where(outcome => outcome == OutcomeKind.Accepted || now.Count(outcome) > 0))
        {
            string Cell(Provider provider) => Number.Text(now.Outcomes.GetValueOrDefault((provider, outcome)));
            table.AddRow(Kafka.OutcomeCount.Name(outcome), Cell(Provider.Apns), Cell(Provider.Fcm));
        }

        return table;
    }
}
