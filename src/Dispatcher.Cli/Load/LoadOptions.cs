using System.CommandLine;
using Dispatcher.Cli.Arguments;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Session;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.Load;

/// <summary>The options of <c>dispatcher load</c>.</summary>
internal sealed class LoadOptions
{
    private const int DefaultCount = 50_000;
    private const int DefaultConcurrency = 128;
    private const int DefaultBatches = 4;
    private const int MostBatches = 64; // what the client takes

    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromMinutes(5);

    private readonly Option<int?> _count = ParsedOption.Number("--count", $"Pushes [default: {DefaultCount}]", 1, 10_000_000);

    private readonly Option<double?> _rate =
        ParsedOption.Of<double>("--rate", "Pushes a second [default: as fast as it goes]", Rate.TryParse, "a rate such as 2000/s");

    private readonly Option<int?> _targets = ParsedOption.Number("--targets", "Pushes in one request [default: 1]", 1, PushLimits.MaxTargets);

    private readonly Option<bool> _batch = new("--batch") { Description = "Post to /push/batch, 1,000 requests in each" };

    private readonly Option<string?> _apps = new("--apps")
    {
        Description = "Whom to send to, in turn; outside a session name:apns,name:fcm [default: every app of the session]",
        HelpName = "names",
    };

    private readonly Option<double?> _dead =
        ParsedOption.Of<double>("--dead", "Share of devices that are gone [default: 0%]", Share.TryParse, "a share such as 5%");

    private readonly Option<int?> _concurrency =
        ParsedOption.Number("--concurrency", $"Requests at once [default: {DefaultConcurrency}, of batches {DefaultBatches}]", 1, 4096);

    private readonly Option<TimeSpan?> _deadline =
        ParsedOption.Duration("--deadline", $"When to give up, whatever is left [default: {Duration.Text(DefaultDeadline)}]");

    private readonly Option<string[]> _workers = new("--worker")
    {
        Description = "A worker whose use of processor and memory is measured; may be repeated [default: those of the session]",
        HelpName = "url",
    };

    public LoadOptions()
    {
        _rate.HelpName = "n/s";
        _dead.HelpName = "share";
    }

    public Option<bool> Json { get; } = new("--json") { Description = "The report as one JSON object" };

    public EndpointOptions Endpoints { get; } = new();

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_count, _rate, _targets, _batch, _apps, _dead, _concurrency, _deadline, _workers, Json])
            command.Options.Add(option);
        Endpoints.AddAllTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_batch) && result.GetResult(_concurrency) is not null && result.GetValue(_concurrency) > MostBatches)
                result.AddError($"--batch takes a --concurrency of at most {MostBatches}.");
        });
    }

    public TimeSpan Deadline(ParseResult parsed) => parsed.GetValue(_deadline) ?? DefaultDeadline;

    public IReadOnlyList<Uri> Workers(ParseResult parsed, UpSession? session) => parsed.GetValue(_workers) is { Length: > 0 } given
        ? [.. given.Select(url => Uri.TryCreate(url, UriKind.Absolute, out var address)
            ? address
            : throw new CommandFailedException($"--worker '{url}' is not an address.", ExitCode.Usage))]
        : session?.Workers ?? [];

    public LoadPlan Plan(ParseResult parsed, UpSession? session) => new()
    {
        Count = parsed.GetValue(_count) ?? DefaultCount,
        Rate = parsed.GetValue(_rate),
        Targets = parsed.GetValue(_targets) ?? 1,
        Batch = parsed.GetValue(_batch),
        Concurrency = parsed.GetValue(_concurrency) ?? (parsed.GetValue(_batch) ? DefaultBatches : DefaultConcurrency),
        Dead = parsed.GetValue(_dead) ?? 0,
        Apps = Apps(parsed.GetValue(_apps), session?.Apps ?? []),
    };

    /// <summary>The apps that were named, or all that are known.</summary>
    /// <param name="named">Names, with <c>:apns</c> or <c>:fcm</c> where the session does not know them.</param>
    /// <param name="known">The session's apps.</param>
    internal static IReadOnlyList<SessionApp> Apps(string? named, IReadOnlyList<SessionApp> known)
    {
        var apps = named is null
            ? known
            : [.. named.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(name => App(name, known))];
        return apps.Count > 0 ? apps : throw new CommandFailedException("no app to send to: give --apps name:apns,name:fcm.", ExitCode.Usage);
    }

    private static SessionApp App(string text, IReadOnlyList<SessionApp> known)
    {
        if (text.Split(':') is [var name, var provider])
        {
            return provider is "apns" or "fcm"
                ? new SessionApp(name, provider == "apns" ? Provider.Apns : Provider.Fcm)
                : throw new CommandFailedException($"--apps '{text}': the provider must be apns or fcm.", ExitCode.Usage);
        }

        return known.FirstOrDefault(app => app.Name == text)
            ?? throw new CommandFailedException($"--apps '{text}' is no app of the session: say {text}:apns or {text}:fcm.", ExitCode.Usage);
    }
}
