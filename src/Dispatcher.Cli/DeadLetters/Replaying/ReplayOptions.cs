using System.CommandLine;
using Dispatcher.Cli.Arguments;
using Dispatcher.Cli.Output;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.DeadLetters.Replaying;

/// <summary>The options of <c>replay</c> beside the filters.</summary>
internal sealed class ReplayOptions
{
    private const double DefaultRate = 500;
    private const int DefaultMaxReplays = 3;

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Show the plan and end" };
    private readonly Option<bool> _yes = Confirmation.Option();

    private readonly Option<double?> _rate = ParsedOption.Of<double>(
        "--rate", $"How fast: 2000/s, 600/m or max [default: {DefaultRate}/s]", TryParseRate, "a rate such as 500/s, or max");

    private readonly Option<int?> _limit = ParsedOption.Number("--limit", "So many at most; the same command then goes on behind them", 1, int.MaxValue);

    private readonly Option<string?> _toClass = new("--to-class") { Description = "To the lanes of this class, instead of those they came from", HelpName = "urgent|bulk" };

    private readonly Option<TimeSpan?> _extend = ParsedOption.Of<TimeSpan>(
        "--extend-ttl", "Make them worth sending for so long from now on, where less of their time to live is left", TryParseTimeToLive, "1s to 28d");

    private readonly Option<bool> _expired = new("--include-expired") { Description = "Send what is past its time to live, too, as it is; it ends as expired" };

    private readonly Option<KeyValuePair<string, string>[]?> _apps = ParsedOption.List<KeyValuePair<string, string>>(
        "--app-map", "Send what was for one app through another of the same provider", TryParseApps, "OLD=NEW");

    private readonly Option<int?> _maxReplays = ParsedOption.Number(
        "--max-replays", $"Leave what was replayed so often already [default: {DefaultMaxReplays}]", 1, 1_000_000);

    private readonly Option<bool> _force = new("--force") { Description = "However often it was replayed, and whatever the lanes have forgotten" };

    private readonly Option<string?> _replayId = new("--replay-id") { Description = "The replay to go on with, or a name for another one [default: after the filters]", HelpName = "name" };

    public void AddTo(Command command)
    {
        _rate.HelpName = "rate";
        _extend.HelpName = "duration";
        _apps.HelpName = "old=new";
        _toClass.AcceptOnlyFromAmong("urgent", "bulk");
        foreach (var option in (Option[])[_dryRun, _yes, _rate, _limit, _toClass, _extend, _expired, _apps, _maxReplays, _force, _replayId])
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_replayId) is { } id && !ReplayId.IsValid(id))
                result.AddError($"--replay-id '{id}' is not 1 to {ReplayId.MaxLength} of a-z, A-Z, 0-9, '.', '_' and '-'.");
        });
    }

    public bool IsDryRun(ParseResult parsed) => parsed.GetValue(_dryRun);

    public bool IsConfirmed(ParseResult parsed) => parsed.GetValue(_yes);

    public ReplayOrder Read(ParseResult parsed, string topicPrefix, DeadLetterFilterOptions filter)
    {
        var typed = filter.Typed(parsed);
        return new ReplayOrder
        {
            Replay = parsed.GetValue(_replayId) ?? ReplayId.Of(topicPrefix, typed),
            FilterHash = ReplayId.Hash(topicPrefix, typed),
            Filter = filter.Read(parsed),
            Rule = new ReplayRule(
                parsed.GetValue(_expired) || parsed.GetValue(_extend) is not null,
                parsed.GetValue(_force) ? int.MaxValue : parsed.GetValue(_maxReplays) ?? DefaultMaxReplays),
            Change = new ReplayChange(
                parsed.GetValue(_toClass) is { } name ? Enum.Parse<PushClass>(name, ignoreCase: true) : null,
                Apps(parsed.GetValue(_apps) ?? []),
                parsed.GetValue(_extend)),
            Rate = parsed.GetValue(_rate) ?? DefaultRate,
            Limit = parsed.GetValue(_limit) ?? long.MaxValue,
            IsForced = parsed.GetValue(_force),
        };
    }

    /// <summary>The command line that goes on with a replay: the one that was typed, with the replay's name.</summary>
    public string Again(ParseResult parsed, string replay)
    {
        var words = parsed.Tokens.Select(token => Quoted(token.Value));
        return string.Join(' ', ["dispatcher", .. words, .. parsed.GetValue(_replayId) is null ? (string[])["--replay-id", replay] : []]);
    }

    private static string Quoted(string word) =>
        word.All(c => char.IsAsciiLetterOrDigit(c) || "-_.,:=/@+".Contains(c, StringComparison.Ordinal)) && word.Length > 0
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static bool TryParseRate(string text, out double perSecond)
    {
        perSecond = double.PositiveInfinity;
        return text is "max" || Rate.TryParse(text, out perSecond);
    }

    private static bool TryParseTimeToLive(string text, out TimeSpan duration) =>
        Duration.TryParse(text, out duration) && duration >= TimeSpan.FromSeconds(1) && duration.TotalSeconds <= PushLimits.MaxTimeToLive;

    private static Dictionary<string, string> Apps(KeyValuePair<string, string>[] pairs) =>
        pairs.GroupBy(pair => pair.Key).FirstOrDefault(group => group.Count() > 1) is { Key: var app }
            ? throw new CommandFailedException($"--app-map has two apps for {app}.", ExitCode.Usage)
            : pairs.ToDictionary();

    private static bool TryParseApps(string text, out KeyValuePair<string, string> apps)
    {
        apps = text.Split('=') is [{ Length: > 0 } old, { Length: > 0 } other] ? new(old, other) : default;
        return apps.Key is not null;
    }
}
