using System.CommandLine;
using Dispatcher.Cli.Arguments;
using Dispatcher.Cli.DeadLetters.Replaying;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>The options that say which dead letters are wanted; the same on every command that has them.</summary>
/// <param name="time">The clock that <c>--since 2h</c> counts back from.</param>
internal sealed class DeadLetterFilterOptions(TimeProvider time)
{
    private readonly Option<string[]?> _app = ParsedOption.Words("--app", "Only these apps", "name");
    private readonly Option<string[]?> _tenant = ParsedOption.Words("--tenant", "Only apps of these tenants", "name");
    private readonly Option<string[]?> _provider = ParsedOption.Choices("--provider", "Only this provider", "apns", "fcm");
    private readonly Option<string[]?> _class = ParsedOption.Choices("--class", "Only from the lanes of this class", "urgent", "bulk");
    private readonly Option<string[]?> _reason = ParsedOption.Words("--reason", "Only these reasons, e.g. BadDeviceToken,exhausted", "word");

    private readonly Option<NumberRange[]?> _status = ParsedOption.List<NumberRange>(
        "--status", "Only these HTTP statuses, e.g. 400,410 or 5xx", NumberRange.TryParseStatus, "a status such as 410, 500..503 or 5xx");

    private readonly Option<DateTimeOffset?> _since =
        ParsedOption.Moment("--since", "Failed then or later: 2h, 7d (ago) or 2026-11-20T10:00Z", time);

    private readonly Option<DateTimeOffset?> _until = ParsedOption.Moment("--until", "Failed before then", time);

    private readonly Option<string[]?> _token =
        ParsedOption.Words("--token", "Only for these devices or topics: in clear, or the hash that push.results has", "token");

    private readonly Option<Guid[]?> _id = ParsedOption.List<Guid>("--id", "Only these pushes", Guid.TryParse, "the id of a push");

    private readonly Option<NumberRange?> _attempts = ParsedOption.Of<NumberRange>(
        "--attempts", "Only after so many attempts: 8, ..3 or 5..", NumberRange.TryParse, "a number or range such as 8, ..3 or 5..");

    private readonly Option<NumberRange?> _replays = ParsedOption.Of<NumberRange>(
        "--replays", "Only what was replayed so often: 0, ..2 or 1..", NumberRange.TryParse, "a number or range such as 0, ..2 or 1..");

    private Option[] Options => [_app, _tenant, _provider, _class, _reason, _status, _since, _until, _attempts, _replays, _id, _token];

    public void AddTo(Command command)
    {
        _status.HelpName = "code";
        _id.HelpName = "id";
        _attempts.HelpName = _replays.HelpName = "n";
        foreach (var option in Options)
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            try
            {
                if (result.GetResult(_since) is not null && result.GetResult(_until) is not null
                    && result.GetValue(_since) >= result.GetValue(_until))
                    result.AddError("--until must be later than --since.");
            }
            catch (InvalidOperationException)
            {
                // One of them cannot be read: that throws here, and is said by its own parser.
            }
        });
    }

    /// <summary>What was typed, values apart: <c>2h</c> stays that, however late it is by now.</summary>
    /// <param name="parsed">The command line.</param>
    public IReadOnlyList<TypedFilter> Typed(ParseResult parsed) =>
    [
        .. Options.Where(option => parsed.GetResult(option) is { Implicit: false }).Select(option => new TypedFilter(
            option.Name,
            [.. parsed.GetResult(option)!.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries))])),
    ];

    public DeadLetterFilter Read(ParseResult parsed) => new()
    {
        Apps = parsed.GetValue(_app) ?? [],
        Tenants = parsed.GetValue(_tenant) ?? [],
        Providers = parsed.GetValue(_provider) ?? [],
        Classes = parsed.GetValue(_class) is { } classes ? [.. classes.Select(name => Enum.Parse<PushClass>(name, ignoreCase: true))] : [],
        Reasons = parsed.GetValue(_reason) ?? [],
        Statuses = parsed.GetValue(_status) ?? [],
        Since = parsed.GetValue(_since),
        Until = parsed.GetValue(_until),
        Attempts = parsed.GetValue(_attempts),
        Replays = parsed.GetValue(_replays),
        Ids = parsed.GetValue(_id) ?? [],
        Targets = parsed.GetValue(_token) ?? [],
    };
}
