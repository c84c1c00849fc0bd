using System.CommandLine;
using Dispatcher.Cli.Http;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;
using Dispatcher.Client;
using Spectre.Console;

namespace Dispatcher.Cli.Load;

/// <summary><c>dispatcher load</c>.</summary>
/// <param name="terminal">Where it writes.</param>
/// <param name="time">The clock.</param>
internal sealed class LoadCommand(Terminal terminal, TimeProvider time)
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(250);

    private readonly LoadOptions _options = new();

    public Command Create()
    {
        var command = new CommandWithExamples(
            "load",
            "Posts many pushes, waits for their outcomes, and says how fast it went and what it cost.",
            "dispatcher load",
            "dispatcher load --count 20000 --rate 2000/s --dead 5%",
            "dispatcher load --batch --count 200000",
            "dispatcher load --targets 100 --json | jq .acceptToSettled.p99");
        _options.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var endpoints = _options.Endpoints.Resolve(parsed);
        var plan = _options.Plan(parsed, endpoints.Session);
        using var http = Connections.Open(plan.Concurrency);
        var kafka = _options.Endpoints.Connect(parsed);
        using var offsets = new TopicOffsets(kafka);
        var ledger = new OutcomeLedger();
        using var results = await ResultStream.FollowAsync(kafka, offsets, ledger.Settle);

        var observed = new Observed(http, endpoints.Api, _options.Workers(parsed, endpoints.Session), time);
        await observed.BeginAsync();
        using var deadline = new CancellationTokenSource(_options.Deadline(parsed), time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        ILoad run = plan.Batch
            ? new BatchLoad(http, new DispatcherClientOptions { Address = endpoints.Api, Key = endpoints.Key, Time = time }, plan, ledger)
            : new LoadRun(new PushApi(http, endpoints.Api, endpoints.Key), plan, ledger, time);
        var loading = LoadAsync(run, ledger, end.Token);
        var json = parsed.GetValue(_options.Json);
        if (terminal.IsInteractive && !json)
            await ShowAsync(run, plan, ledger, loading);

        var (counts, elapsed) = await loading;
        var costs = await observed.EndAsync(counts.Sum(count => count.Accepted));
        var report = LoadReport.Of(plan, counts, elapsed, ledger, costs);
        foreach (var line in json ? [report.ToJson()] : report.Lines())
            terminal.Out.WriteLine(line);
        return report.ExitCode;
    }

    private static async Task<(IReadOnlyList<LoadCounts> Counts, TimeSpan Elapsed)> LoadAsync(
        ILoad run, OutcomeLedger ledger, CancellationToken end)
    {
        var posted = await run.RunAsync(end);
        ledger.Close();
        try
        {
            await ledger.Complete.WaitAsync(end);
        }
        catch (OperationCanceledException)
        {
            // The report says how many are pending.
        }

        return posted;
    }

    private Task ShowAsync(ILoad run, LoadPlan plan, OutcomeLedger ledger, Task loading) =>
        terminal.Screen.Progress().HideCompleted(true).StartAsync(async context =>
        {
            var posted = context.AddTask("posted", maxValue: plan.Requests);
            var settled = context.AddTask("settled", maxValue: plan.Count);
            while (!loading.IsCompleted)
            {
                posted.Value = run.Begun;
                settled.Value = ledger.SettledCount;
                await Task.WhenAny(loading, Task.Delay(Redraw, time));
            }
        });
}
