using System.CommandLine;
using Dispatcher.Cli.Arguments;
using Dispatcher.Cli.Session;

namespace Dispatcher.Cli.Push;

/// <summary>The options of <c>dispatcher push</c>.</summary>
internal sealed class PushOptions
{
    private readonly Option<string?> _app = new("--app") { Description = "The app to send to", HelpName = "name" };
    private readonly Option<string[]> _token = new("--token") { Description = "A device's token; may be repeated", HelpName = "token" };
    private readonly Option<string?> _title = new("--title") { Description = "The first line", HelpName = "text" };
    private readonly Option<string?> _body = new("--body") { Description = "The text", HelpName = "text" };
    private readonly Option<string[]> _data = new("--data") { Description = "Data for the app; may be repeated", HelpName = "key=value" };

    private readonly Option<string?> _collapseKey =
        new("--collapse-key") { Description = "A later push with the same key replaces this one", HelpName = "key" };

    private readonly Option<TimeSpan?> _timeToLive = ParsedOption.Duration("--ttl", "How long it is worth delivering");
    private readonly Option<string?> _class = new("--class") { Description = "How soon it matters" };
    private readonly Option<string?> _priority = new("--priority") { Description = "Whether it may wake the device" };

    private readonly Option<string?> _request =
        new("--request") { Description = "The request as JSON; other options are laid over it", HelpName = "json" };

    public PushOptions()
    {
        _class.AcceptOnlyFromAmong("urgent", "bulk");
        _priority.AcceptOnlyFromAmong("high", "normal");
    }

    public Option<string?> File { get; } =
        new("--file") { Description = "Requests from a file, one JSON object a line; - for standard input", HelpName = "path" };

    public Option<int?> Concurrency { get; } = ParsedOption.Number("--concurrency", "Batches of a file at once [default: 2]", 1, 64);

    public Option<bool> Wait { get; } = new("--wait") { Description = "Wait for the outcomes and show them" };

    public Option<TimeSpan?> Deadline { get; } = ParsedOption.Duration("--deadline", "How long to wait for outcomes [default: 60s]");

    public Option<bool> Json { get; } = new("--json") { Description = "The summary as one JSON object" };

    public Option<bool> ValidateOnly { get; } = new("--validate-only") { Description = "Show the requests that the providers would get, and send nothing" };

    public EndpointOptions Endpoints { get; } = new();

    private IEnumerable<Option> Fields => [_app, _token, _title, _body, _data, _collapseKey, _timeToLive, _class, _priority, _request];

    public void AddTo(Command command)
    {
        foreach (var option in Fields.Concat([File, Concurrency, Wait, Deadline, Json, ValidateOnly]))
            command.Options.Add(option);
        Endpoints.AddAllTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(File) is not null && Fields.FirstOrDefault(field => result.GetResult(field) is not null) is { } field)
                result.AddError($"--file has whole requests: {field.Name} cannot be added to them.");
            if (result.GetValue(ValidateOnly) && new Option[] { File, Wait }.FirstOrDefault(option => result.GetResult(option) is not null) is { } other)
                result.AddError($"--validate-only is for one request that is not sent: {other.Name} makes no sense with it.");
        });
    }

    /// <summary>What the options say about one push.</summary>
    /// <param name="parsed">The command line.</param>
    public PushFields Read(ParseResult parsed) => new()
    {
        Request = parsed.GetValue(_request),
        App = parsed.GetValue(_app),
        Tokens = parsed.GetValue(_token) ?? [],
        Title = parsed.GetValue(_title),
        Body = parsed.GetValue(_body),
        Data = parsed.GetValue(_data) ?? [],
        CollapseKey = parsed.GetValue(_collapseKey),
        TimeToLive = parsed.GetValue(_timeToLive),
        Class = parsed.GetValue(_class),
        Priority = parsed.GetValue(_priority),
    };
}
