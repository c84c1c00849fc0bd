using System.CommandLine;
using Dispatcher.Cli.Arguments;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Session;
using Spectre.Console;

namespace Dispatcher.Cli.Lag;

/// <summary><c>dispatcher lag</c>.</summary>
/// <param name="terminal">Where it writes.</param>
/// <param name="time">The clock.</param>
internal sealed class LagCommand(Terminal terminal, TimeProvider time)
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(2);

    /// <summary>Partitions and topics that come later are seen after this.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    private readonly EndpointOptions _endpoints = new();
    private readonly Option<bool> _partitions = new("--partitions") { Description = "A line for each partition" };
    private readonly Option<bool> _json = new("--json") { Description = "One JSON object a line: each lane, its delayed pushes, each provider's dead letters" };
    private readonly Option<TimeSpan?> _watch = Watch();
    private readonly Option<int?> _maxLag = ParsedOption.Number("--max-lag", "Exit code 1 when a lane has a larger lag", 0, int.MaxValue);
    private readonly Option<TimeSpan?> _maxAge = ParsedOption.Duration("--max-age", "Exit code 1 when a lane's oldest push has waited longer");

    public Command Create()
    {
        var command = new CommandWithExamples(
            "lag",
            "Shows how far the workers are behind, by lane: what waits, for how long, and which worker has it.",
            "dispatcher lag",
            "dispatcher lag --watch 5s",
            "dispatcher lag --partitions --json | jq -c 'select(.lag > 0)'",
            "dispatcher lag --max-lag 10000 --max-age 5m   # for a monitor") { _partitions, _watch, _maxLag, _maxAge, _json };
        _endpoints.AddKafkaTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_watch) is not null && (result.GetResult(_maxLag) ?? result.GetResult(_maxAge)) is not null)
                result.AddError("--watch has no end, so it has no exit code for --max-lag or --max-age: give one or the other.");
        });
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var kafka = _endpoints.Connect(parsed);
        var view = new View(parsed.GetValue(_partitions), parsed.GetValue(_json));
        if (parsed.GetResult(_watch) is not null)
        {
            await WatchAsync(kafka, view, parsed.GetValue(_watch) ?? DefaultInterval, stop);
            return ExitCode.Success;
        }

        using var reader = new LagReader(kafka, time);
        var reading = await reader.ReadAsync(stop);
        foreach (var line in Lines(reading, view))
            terminal.Out.WriteLine(line);
        var exceeded = new LagLimits(parsed.GetValue(_maxLag), parsed.GetValue(_maxAge)).Exceeded(reading).ToArray();
        var asked = parsed.GetResult(_maxLag) is not null || parsed.GetResult(_maxAge) is not null;
        if (!asked || exceeded.Length == 0)
            return ExitCode.Success;
        foreach (var line in exceeded)
            terminal.Error.WriteLine($"dispatcher: {line}");
        return ExitCode.Failure;
    }

    private async Task WatchAsync(KafkaConnection kafka, View view, TimeSpan interval, CancellationToken stop)
    {
        try
        {
            if (!terminal.IsInteractive || view.IsJson)
            {
                await FollowAsync(kafka, interval, reading => { foreach (var line in Lines(reading, view)) terminal.Out.WriteLine(line); }, stop);
                return;
            }

            await terminal.Screen.Live(new Text("…")).StartAsync(context =>
                FollowAsync(kafka, interval, reading => context.UpdateTarget(Picture(reading, view, interval)), stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // How a watch ends.
        }
    }

    private async Task FollowAsync(KafkaConnection kafka, TimeSpan interval, Action<LagReading> show, CancellationToken stop)
    {
        while (true)
        {
            using var reader = new LagReader(kafka, time);
            var began = time.GetTimestamp();
            while (time.GetElapsedTime(began) < LookAgain)
            {
                show(await reader.ReadAsync(stop));
                await Task.Delay(interval, time, stop);
            }
        }
    }

    private Rows Picture(LagReading reading, View view, TimeSpan interval)
    {
        var width = terminal.Screen.Profile.Width;
        var room = Math.Max(3, terminal.Screen.Profile.Height - 3);
        string[] lines = [.. Lines(reading, view)];
        if (lines.Length > room) // a picture taller than the screen cannot be drawn over
            lines = [.. lines[..(room - 1)], $"… {lines.Length - room + 1} more lines; without --watch all of them"];
        return new Rows(
            new Text($"{reading.At:yyyy-MM-dd HH:mm:ss}Z, every {Duration.Text(interval)}; Ctrl-C ends it", new Style(decoration: Decoration.Dim)),
            new Text(string.Join('\n', lines.Select(line => TextTable.Fit(line, width)))));
    }

    private IEnumerable<string> Lines(LagReading reading, View view) => view switch
    {
        { IsJson: true } => LagLine.Of(reading, view.HasPartitions),
        { HasPartitions: true } => LagTable.PartitionLines(reading, terminal.Width),
        _ => LagTable.Lines(reading),
    };

    private static Option<TimeSpan?> Watch()
    {
        var option = ParsedOption.Duration("--watch", $"Look again and again, every so often [default: {Duration.Text(DefaultInterval)}]");
        option.Arity = ArgumentArity.ZeroOrOne;
        return option;
    }

    private sealed record View(bool HasPartitions, bool IsJson);
}
