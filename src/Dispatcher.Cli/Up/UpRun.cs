using System.Globalization;
using Dispatcher.Cli.Http;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Processes;
using Dispatcher.Cli.Session;
using Dispatcher.Cli.Topics;

namespace Dispatcher.Cli.Up;

/// <summary>One <c>dispatcher up</c>, from the checks to the summary.</summary>
/// <param name="terminal">Where it writes.</param>
/// <param name="sessionFile">Where it leaves its session.</param>
/// <param name="time">The clock.</param>
internal sealed class UpRun(Terminal terminal, SessionFile sessionFile, TimeProvider time)
{
    /// <summary>Runs until told to stop, or until a child ends by itself.</summary>
    /// <param name="request">What to start.</param>
    /// <param name="stop">Ctrl-C or SIGTERM.</param>
    public async Task<int> RunAsync(UpRequest request, CancellationToken stop)
    {
        request = request with { Port = Ports.Require(request.Port) };
        if (request.Kafka is not null)
            new ClusterTopics(Stack.Kafka(request.Kafka, request.TopicPrefix)).Dispose(); // whether it is there, before anything is started

        using var folder = SessionFolder.Create();
        using var http = Connections.Open();
        await using var children = new ChildSet(folder.Log, request.Verbose ? terminal.Error.WriteLine : null);
        var stack = new Stack(request, folder, children, http, time);
        try
        {
            var (session, kafka) = await stack.StartAsync(stop);
            using var figures = await FigureReader.StartAsync(kafka, session.Workers, http, time);
            Announce(session, folder);
            sessionFile.Write(session);
            try
            {
                await WatchAsync(figures, children, request.Verbose, stop);
                await DrainAsync(stack, session, figures, http, request.Kafka is null);
            }
            finally
            {
                sessionFile.Remove(session.Pid);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await StopAsync(stack); // told to stop before everything was up
        }

        return ExitCode.Success;
    }

    private void Announce(UpSession session, SessionFolder folder)
    {
        if (sessionFile.Read() is { } other)
            terminal.Out.WriteLine($"note      another up (process {other.Pid}) is running; commands without options now talk to this one");
        terminal.Out.WriteLine($"ready     {session.Api.GetLeftPart(UriPartial.Authority)}");
        terminal.Out.WriteLine($"key       {session.Key}");
        terminal.Out.WriteLine($"dashboard {session.Dashboard}");
        terminal.Out.WriteLine($"apps      {string.Join(", ", session.Apps.Select(app => app.Name))}");
        terminal.Out.WriteLine($"kafka     {session.Kafka}");
        if (session.Control is not null)
            terminal.Out.WriteLine($"simulator {session.Control.GetLeftPart(UriPartial.Authority)}");
        terminal.Out.WriteLine($"logs      {folder.Path}");
        terminal.Out.WriteLine();
        terminal.Out.WriteLine(CurlLine.For(session));
        terminal.Out.WriteLine();
    }

    private async Task WatchAsync(FigureReader figures, ChildSet children, bool verbose, CancellationToken stop)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        // A live picture and the children's lines would overwrite each other.
        var view = terminal.IsInteractive && !verbose
            ? new LiveView(figures, terminal.Screen, time).ShowAsync(end.Token)
            : new PlainView(figures, terminal.Out, time).ShowAsync(end.Token);
        try
        {
            await children.WhileAliveAsync(view);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What everybody waits for.
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAny(view); // a picture must be finished before a line is written below it
        }
    }

    private async Task DrainAsync(Stack stack, UpSession session, FigureReader figures, HttpMessageInvoker http, bool isInMemory)
    {
        terminal.Out.WriteLine("stopping: the API first, then the workers, then the rest");
        var api = await ProcessFigures.ReadAsync(http, session.Api, time);
        var complaints = await stack.StopApiAsync();
        var workers = await Task.WhenAll(session.Workers.Select(worker => ProcessFigures.ReadAsync(http, worker, time)));
        complaints = [.. complaints, .. await stack.StopWorkersAsync()];
        var last = await figures.ReadAsync();
        complaints = [.. complaints, .. await stack.StopSimulatorAsync()];

        terminal.Out.WriteLine(PlainView.Line(last));
        if (isInMemory && last.Lag > 0)
            terminal.Out.WriteLine($"{Number.Text(last.Lag)} accepted pushes were not settled, and in-memory Kafka has gone with them");
        foreach (var line in ProcessCost.Lines(Costs(api, workers, last)))
            terminal.Out.WriteLine(line);
        foreach (var complaint in complaints)
            terminal.Error.WriteLine(complaint);
    }

    private static IEnumerable<ProcessCost> Costs(ProcessFigures? api, ProcessFigures?[] workers, Figures last)
    {
        if (api is not null)
            yield return ProcessCost.Of("api", last.Accepted, api);
        foreach (var (index, worker) in workers.Index())
        {
            if (worker is not null)
                yield return ProcessCost.Of($"worker {(index + 1).ToString(CultureInfo.InvariantCulture)}", worker.Settled, worker);
        }
    }

    private static async Task StopAsync(Stack stack)
    {
        await stack.StopApiAsync();
        await stack.StopWorkersAsync();
        await stack.StopSimulatorAsync();
    }
}
