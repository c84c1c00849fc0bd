using System.CommandLine;
using System.Globalization;
using Dispatcher.Chaos.DeadLetters;
using Dispatcher.Chaos.Isolation;
using Dispatcher.Chaos.Soaking;
using Dispatcher.Chaos.Troubles;

#pragma warning disable RS0030 // Program.cs is where the console comes from.
Action<string> say = Console.WriteLine;
#pragma warning restore RS0030
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

return await new RootCommand("Proves with real processes what Dispatcher promises; everything ends with this program.")
{
    Chaos(), Soak(), Isolation(), DeadLetters(),
}.Parse(args).InvokeAsync();

Command Chaos()
{
    var pushes = Number("--pushes", "Pushes that are promised", 100_000);
    var minutes = new Option<double?>("--minutes")
    {
        Description = "How long the load takes where nothing holds it up [default: at 1,000 pushes a second]",
        HelpName = "number",
    };
    var seed = Number("--seed", "Where all chance comes from: the same seed is the same schedule", 1);
    var kills = new Option<int?>("--kills")
    {
        Description = "How often a worker is killed; the other troubles come in proportion [default: every 25,000 pushes, at least 3 times]",
        HelpName = "number",
    };
    var command = new Command("chaos", "Three workers under load and every trouble there is, then the ledger; exit code 1 when it does not balance")
    {
        pushes, minutes, seed, kills,
    };
    command.SetAction(async parsed =>
    {
        var count = parsed.GetValue(pushes);
        var rate = parsed.GetValue(minutes) is { } duration ? count / (duration * 60) : 1_000;
        var options = new ChaosOptions(count, parsed.GetValue(kills) ?? Math.Max(3, count / 25_000), parsed.GetValue(seed), rate);
        var verdict = await new ChaosRun(options, say).RunAsync();
        foreach (var line in verdict.Lines())
            say(line);
        return verdict.Holds ? 0 : 1;
    });
    return command;
}

Command Soak()
{
    var minutes = Number("--minutes", "How long API and workers are watched", 20);
    var rate = Number("--rate", "Pushes a second", 1_000);
    var command = new Command("soak", "A steady load with a few faults; exit code 1 when memory, handles or threads grow") { minutes, rate };
    command.SetAction(async parsed =>
        await new SoakRun(TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(rate), say).RunAsync() ? 0 : 1);
    return command;
}

Command Isolation()
{
    var rounds = Number("--rounds", "How often each sickness is measured, in turn with health", 3);
    var seconds = Number("--seconds", "How long each time", 15);
    var only = new Option<string>("--only") { Description = "Only sicknesses whose names contain this", DefaultValueFactory = _ => "", HelpName = "text" };
    var command = new Command("isolation", "What a sick app, provider or tenant costs the healthy: a measurement, about twenty minutes long")
    {
        rounds, seconds, only,
    };
    command.SetAction(parsed =>
        new IsolationRun(parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(only)!, say).RunAsync());
    return command;
}

Command DeadLetters()
{
    var count = Number("--count", "Dead letters", 1_000_000);
    var run = new Option<string[]>("--run")
    {
        Description = "What is measured, as it follows `dispatcher dead-letters`; may be repeated; {file} is a file that is deleted in the end",
        DefaultValueFactory = _ => ["list", "list --by reason,app", "list --token 00ff00ff00ff00ff", "export --output {file}"],
        HelpName = "command",
    };
    var command = new Command("dead-letters", "What the command line costs with very many dead letters: records a second and peak memory") { count, run };
    command.SetAction(parsed => new DeadLetterRun(parsed.GetValue(count), say).RunAsync(parsed.GetValue(run)!));
    return command;
}

static Option<int> Number(string name, string description, int otherwise)
{
    var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => otherwise, HelpName = "number" };
    option.Validators.Add(result =>
    {
        if (result.Tokens is [{ Value: var text }] && int.TryParse(text, out var number) && number < 1)
            result.AddError($"{name} must be at least 1, not {text}");
    });
    return option;
}
