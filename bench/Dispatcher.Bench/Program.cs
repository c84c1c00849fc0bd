using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Dispatcher.Bench;
using Dispatcher.Bench.Sinks;
using Dispatcher.Bench.Yardsticks;
using Dispatcher.Core.Pushes;

#pragma warning disable RS0030 // Program.cs is where the console and the clock come from.
Action<string> say = Console.WriteLine;
var input = Console.OpenStandardInput();
#pragma warning restore RS0030
var time = TimeProvider.System;
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

return await Root().Parse(args).InvokeAsync();

RootCommand Root()
{
    var only = new Option<string[]>("--only")
    {
        Description = $"Only these groups, with commas between them: {string.Join(", ", BenchOptions.Groups)}",
        HelpName = "groups",
        DefaultValueFactory = _ => [],
        CustomParser = result => [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
    };
    only.Validators.Add(result =>
    {
        foreach (var unknown in (result.GetValueOrDefault<string[]>() ?? []).Except(BenchOptions.Groups))
            result.AddError($"--only knows {string.Join(", ", BenchOptions.Groups)}, not '{unknown}'");
    });
    var runs = Number("--runs", "How often each figure is taken; the table has medians [default: 5, quick: 1]");
    var pushes = Number("--pushes", "Pushes in the backlog that a worker drains [default: 1,600,000, quick: 100,000]");
    var quick = new Option<bool>("--quick") { Description = "A few minutes altogether: shows that it works, and little else" };
    var kafka = new Option<string?>("--kafka") { Description = "The brokers of a real cluster, instead of in-memory Kafka", HelpName = "host:port" };
    var output = new Option<string>("--out")
    {
        Description = "Where results.md, results.json and the plots go",
        HelpName = "folder",
        DefaultValueFactory = _ => Path.Combine("artifacts", "bench"),
    };
    var root = new RootCommand("Measures Dispatcher against its budget, with real processes on this machine, and prints one table. Everything ends with this program.")
    {
        only, runs, pushes, quick, kafka, output, SinkCommand(), BareCommand(),
    };
    root.SetAction(async parsed =>
    {
        var isQuick = parsed.GetValue(quick);
        var options = new BenchOptions
        {
            Only = parsed.GetValue(only)!,
            Runs = parsed.GetValue(runs) ?? (isQuick ? 1 : 5),
            Pushes = parsed.GetValue(pushes) ?? (isQuick ? 100_000 : 1_600_000),
            Backlogs = isQuick ? [1_000, 10_000, 100_000] : [1_000, 100_000, 1_000_000],
            Stretch = TimeSpan.FromSeconds(isQuick ? 3 : 9),
            Kafka = parsed.GetValue(kafka),
        };
        var report = await new BenchRun(options, say, time).RunAsync();
        report.Save(parsed.GetValue(output)!);
        say("");
        say(report.Markdown());
        say($"Also in {parsed.GetValue(output)}.");
        return 0;
    });
    return root;
}

Command SinkCommand()
{
    var certificate = Text("--certificate");
    var key = Text("--key");
    var latency = new Option<double>("--latency");
    var recorded = new Option<int>("--recorded");
    var command = new Command("sink", "Takes every push; used by this program itself") { certificate, key, latency, recorded };
    command.Hidden = true;
    command.SetAction(async (parsed, cancellationToken) =>
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _ = input.CopyToAsync(Stream.Null, CancellationToken.None).ContinueWith(_ => end.Cancel(), TaskScheduler.Default);
        await new SinkServer(TimeSpan.FromMilliseconds(parsed.GetValue(latency)), parsed.GetValue(recorded), time).RunAsync(
            parsed.GetValue(certificate)!, parsed.GetValue(key)!, address => say($"ready {address}"), end.Token);
    });
    return command;
}

Command BareCommand()
{
    var provider = new Option<Provider>("--provider") { Required = true };
    var endpoint = new Option<Uri>("--endpoint") { Required = true, CustomParser = result => new Uri(result.Tokens[0].Value) };
    var certificate = Text("--certificate");
    var pushes = new Option<int>("--pushes") { Required = true };
    var command = new Command("bare", "The bare loop; used by this program itself") { provider, endpoint, certificate, pushes };
    command.Hidden = true;
    command.SetAction(async parsed =>
    {
        // As workers have it: windows that grow by themselves gain nothing for tiny answers.
        AppContext.SetSwitch("System.Net.SocketsHttpHandler.Http2FlowControl.DisableDynamicWindowSizing", true);
        var shape = ConnectionShape.Of(parsed.GetValue(provider));
        var state = await new BareLoop(parsed.GetValue(provider), parsed.GetValue(endpoint)!, shape, time)
            .RunAsync(parsed.GetValue(pushes), parsed.GetValue(certificate)!);
        say(JsonSerializer.Serialize(state));
    });
    return command;
}

static Option<string> Text(string name) => new(name) { Required = true };

static Option<int?> Number(string name, string description)
{
    var option = new Option<int?>(name) { Description = description, HelpName = "number" };
    option.Validators.Add(result =>
    {
        if (result.Tokens is [{ Value: var text }] && int.TryParse(text, out var number) && number < 1)
            result.AddError($"{name} must be at least 1, not {text}");
    });
    return option;
}
