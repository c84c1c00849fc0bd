using System.CommandLine;
using Dispatcher.Cli.Http;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Session;
using Dispatcher.Client;
using Spectre.Console;

namespace Dispatcher.Cli.Push;

/// <summary><c>dispatcher push</c>.</summary>
/// <param name="terminal">Where it writes.</param>
/// <param name="time">The clock.</param>
/// <param name="random">0 to 1.</param>
internal sealed class PushCommand(Terminal terminal, TimeProvider time, Func<double> random)
{
    private const int DefaultConcurrency = 2;
    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(60);

    private readonly PushOptions _options = new();

    public Command Create()
    {
        var command = new CommandWithExamples(
            "push",
            "Sends one push made of options, or a file of them in batches.",
            "dispatcher push --app shop-ios --token 7f3a… --title 'Order 42' --body 'On its way' --wait",
            "dispatcher push --file samples/pushes.ndjson --wait",
            "gzip -dc pushes.ndjson.gz | dispatcher push --file - --json");
        _options.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var endpoints = _options.Endpoints.Resolve(parsed);
        var body = parsed.GetValue(_options.File) is null ? _options.Read(parsed).ToJson() : null;
        var concurrency = parsed.GetValue(_options.Concurrency) ?? DefaultConcurrency;
        using var http = Connections.Open(concurrency);

        if (parsed.GetValue(_options.ValidateOnly))
            return await new PreviewRun(http, endpoints).RunAsync(body, parsed.GetValue(_options.Json), terminal.Out, cancellationToken);

        var ledger = new OutcomeLedger();
        var waits = parsed.GetValue(_options.Wait);
        using var results = waits ? await FollowAsync(_options.Endpoints.Connect(parsed), ledger) : null;

        var run = new PushRun(Client(http, endpoints, concurrency), ledger);
        var report = new PushReport();
        IReadOnlyList<Guid>? ids = null;
        if (body is not null)
            ids = await run.SendAsync(body, report, cancellationToken);
        else
            report = await PostFileAsync(run, parsed.GetValue(_options.File)!, parsed.GetValue(_options.Json), cancellationToken);

        ledger.Close();
        if (waits)
            await WaitAsync(ledger, parsed.GetValue(_options.Deadline) ?? DefaultDeadline, cancellationToken);
        var summary = PushSummary.Of(report, ids, waits ? ledger : null);
        Print(summary, parsed.GetValue(_options.Json));
        return report.Unreachable is { } reason
            ? throw new CommandFailedException($"the API at {endpoints.Api} cannot be reached: {reason}", ExitCode.Unreachable)
            : summary.ExitCode;
    }

    /// <summary>Somebody waits at a terminal: an API that is not there is told within a second, one that is busy within a minute.</summary>
    private DispatcherClient Client(HttpMessageInvoker http, Endpoints endpoints, int concurrency) => new(http, new DispatcherClientOptions
    {
        Address = endpoints.Api,
        Key = endpoints.Key,
        MaxConnects = 3,
        ConcurrentRequests = concurrency,
        Time = time,
        Chance = random,
    });

    private static async Task<ResultStream> FollowAsync(KafkaConnection kafka, OutcomeLedger ledger)
    {
        using var offsets = new TopicOffsets(kafka);
        return await ResultStream.FollowAsync(kafka, offsets, ledger.Settle);
    }

    private async Task<PushReport> PostFileAsync(PushRun run, string path, bool quiet, CancellationToken cancellationToken)
    {
        await using var input = Open(path);
        if (quiet || !terminal.IsInteractive)
            return await run.RunAsync(input, static _ => { }, cancellationToken);

        return await terminal.Screen.Progress().HideCompleted(true).StartAsync(async context =>
        {
            var task = context.AddTask("posting", maxValue: path == "-" ? 1 : Math.Max(1, input.Length));
            task.IsIndeterminate = path == "-";
            return await run.RunAsync(input, end => task.Value = Math.Max(task.Value, end), cancellationToken);
        });
    }

    private Stream Open(string path)
    {
        try
        {
            return path == "-" ? terminal.In() : File.OpenRead(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"cannot read '{path}': {e.Message}", ExitCode.Usage);
        }
    }

    private async Task WaitAsync(OutcomeLedger ledger, TimeSpan deadline, CancellationToken cancellationToken)
    {
        try
        {
            await ledger.Complete.WaitAsync(deadline, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The summary says how many are pending.
        }
    }

    private void Print(PushSummary summary, bool json)
    {
        foreach (var line in json ? [summary.ToJson()] : summary.Lines())
            terminal.Out.WriteLine(line);
    }
}
