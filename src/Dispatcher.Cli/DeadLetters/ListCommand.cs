using System.CommandLine;
using Dispatcher.Cli.Arguments;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Session;

namespace Dispatcher.Cli.DeadLetters;

/// <summary><c>dispatcher dead-letters list</c>.</summary>
/// <param name="terminal">Where it writes.</param>
/// <param name="time">The clock.</param>
internal sealed class ListCommand(Terminal terminal, TimeProvider time)
{
    private const int DefaultLimit = 100;
    private const int DefaultRows = 20;
    private const int MostKept = 100_000; // about a kilobyte each

    private readonly DeadLetterFilterOptions _filter = new(time);

    private readonly Option<DeadLetterField[]?> _by = ParsedOption.List<DeadLetterField>(
        "--by",
        $"Count them by these fields instead: {string.Join(", ", DeadLetterFields.Names)}",
        DeadLetterFields.TryParse,
        $"one of {string.Join(", ", DeadLetterFields.Names)}");

    private readonly Option<int?> _limit =
        ParsedOption.Number("--limit", $"The newest so many [default: {DefaultLimit}]; with --by, rows [default: {DefaultRows}]", 1, MostKept);

    private readonly Option<bool> _oldest = new("--oldest") { Description = "The oldest instead of the newest" };
    private readonly Option<bool> _all = new("--all") { Description = "All of them, as JSON, in the order in which they are found" };
    private readonly Option<bool> _json = new("--json") { Description = "One JSON object a line, without the push's content" };
    private readonly EndpointOptions _endpoints = new();

    public Command Create()
    {
        var command = new CommandWithExamples(
            "list",
            "Shows the pushes that could not be sent, and why.",
            "dispatcher dead-letters list --by reason,app",
            "dispatcher dead-letters list --app shop-ios --reason BadDeviceToken --since 2h",
            "dispatcher dead-letters list --status 5xx --attempts 8 --json | jq -r .id");
        _filter.AddTo(command);
        _by.HelpName = "fields";
        foreach (var option in (Option[])[_by, _limit, _oldest, _all, _json])
            command.Options.Add(option);
        _endpoints.AddKafkaTo(command);
        command.Validators.Add(result =>
        {
            var others = (Option[])[_by, _limit, _oldest];
            if (result.GetValue(_all) && others.FirstOrDefault(option => result.GetResult(option) is { Implicit: false }) is { } other)
                result.AddError($"--all has no order and no bound: {other.Name} cannot be added to it.");
        });
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var kafka = _endpoints.Connect(parsed);
        var filter = _filter.Read(parsed);
        var reading = new DeadLetterReading(kafka, await ScanPlan.MakeAsync(kafka, filter), terminal, time);
        var records = reading.ReadAsync(filter, cancellationToken);
        if (parsed.GetValue(_all))
            await PrintAllAsync(records);
        else if (parsed.GetValue(_by) is { Length: > 0 } fields)
            await PrintGroupsAsync(records, fields, parsed.GetValue(_limit), parsed.GetValue(_json));
        else
            await PrintNewestAsync(records, new(parsed.GetValue(_limit) ?? DefaultLimit, parsed.GetValue(_oldest)), parsed.GetValue(_json));
        return reading.Success;
    }

    private async Task PrintAllAsync(IAsyncEnumerable<DeadLetterRecord> records)
    {
        await foreach (var record in records)
            terminal.Out.WriteLine(DeadLetterLine.Of(ListedDeadLetter.Of(record)));
    }

    private async Task PrintGroupsAsync(IAsyncEnumerable<DeadLetterRecord> records, IReadOnlyList<DeadLetterField> fields, int? limit, bool json)
    {
        var groups = new DeadLetterGroups(fields);
        await foreach (var record in records)
            groups.Add(record);
        Print(groups, terminal, limit, json);
    }

    private async Task PrintNewestAsync(IAsyncEnumerable<DeadLetterRecord> records, NewestDeadLetters newest, bool json)
    {
        await foreach (var record in records)
            newest.Add(record);
        Print(newest, terminal, json);
    }

    internal static void Print(DeadLetterGroups groups, Terminal terminal, int? limit, bool json)
    {
        if (json)
        {
            foreach (var line in DeadLetterGroupTable.Json(groups, limit ?? DeadLetterGroups.MostGroups))
                terminal.Out.WriteLine(line);
        }
        else if (groups.All.Count == 0)
        {
            terminal.Out.WriteLine("No dead letters.");
        }
        else
        {
            foreach (var line in DeadLetterGroupTable.Lines(groups, limit ?? DefaultRows, terminal.Width))
                terminal.Out.WriteLine(line);
            terminal.Out.WriteLine($"{Number.Text(groups.All.Count)} in all.");
        }
    }

    internal static void Print(NewestDeadLetters newest, Terminal terminal, bool json)
    {
        var letters = newest.InOrder();
        if (json)
        {
            foreach (var letter in letters)
                terminal.Out.WriteLine(DeadLetterLine.Of(letter));
            return;
        }

        if (letters.Count == 0)
        {
            terminal.Out.WriteLine("No dead letters.");
            return;
        }

        foreach (var line in DeadLetterListing.Lines(letters, terminal.Width))
            terminal.Out.WriteLine(line);
        if (newest.Seen > letters.Count)
        {
            var which = newest.IsOldest ? "oldest" : "newest";
            terminal.Out.WriteLine($"The {which} {Number.Text(letters.Count)} of {Number.Text(newest.Seen)}; --limit shows more, --by counts them.");
        }
    }
}
