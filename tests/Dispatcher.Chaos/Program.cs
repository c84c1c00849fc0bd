using System.CommandLine;
using System.Globalization;
using Dispatcher.Chaos.Troubles;

#pragma warning disable RS0030 // Program.cs is where the console comes from.
Action<string> say = Console.WriteLine;
#pragma warning restore RS0030
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

var pushes = new Option<int>("--pushes") { Description = "Pushes that are promised", DefaultValueFactory = _ => 100_000, HelpName = "number" };
var minutes = new Option<double?>("--minutes") { Description = "How long the load takes where nothing holds it up [default: 1,000 pushes a second]", HelpName = "number" };
var seed = new Option<int>("--seed") { Description = "Where all chance comes from: the same seed is the same schedule", DefaultValueFactory = _ => 1, HelpName = "number" };
var kills = new Option<int?>("--kills") { Description = "How often a worker is killed [default: one in 25,000 pushes, at least 3]", HelpName = "number" };
var chaos = new Command("chaos", "Three workers under load and every trouble there is; then the ledger. Exit code 1 when it does not balance")
{
    pushes, minutes, seed, kills,
};
chaos.SetAction(async (parsed, _) =>
{
    var count = parsed.GetValue(pushes);
    var verdict = await new ChaosRun(
        new ChaosOptions(
            count,
            parsed.GetValue(kills) ?? Math.Max(3, count / 25_000),
            parsed.GetValue(seed),
            parsed.GetValue(minutes) is { } duration ? count / (duration * 60) : 1_000),
        say).RunAsync();
    say("");
    foreach (var line in verdict.Lines())
        say(line);
    return verdict.Holds ? 0 : 1;
});

return await new RootCommand("Proves what Dispatcher promises, with real processes.") { chaos }.Parse(args).InvokeAsync();
