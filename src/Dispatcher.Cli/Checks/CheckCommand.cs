using System.CommandLine;
using System.Text.Json;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Session;
using Dispatcher.Core.Configuration;
using Spectre.Console;

namespace Dispatcher.Cli.Checks;

/// <summary><c>dispatcher check</c>.</summary>
/// <param name="terminal">Where it writes.</param>
/// <param name="time">The clock.</param>
/// <param name="chance">Numbers from 0 to 1.</param>
internal sealed class CheckCommand(Terminal terminal, TimeProvider time, Func<double> chance)
{
    private readonly EndpointOptions _endpoints = new();
    private readonly Option<bool> _json = new("--json") { Description = "One JSON object a line, a check each" };
    private readonly Option<bool> _show = new("--show") { Description = "Print every option that is in effect, secrets as ***, and where each comes from" };
    private readonly Option<bool> _offline = new("--offline") { Description = "Look at the configuration only; connect to nothing" };

    public Command Create()
    {
        var command = new CommandWithExamples(
            "check",
            "Looks at the configuration, Kafka, and every app's credential at APNs and FCM, and says what to do; exit code 1 when something fails.",
            "dispatcher check",
            "dispatcher check --config /etc/dispatcher/appsettings.json",
            "dispatcher check --json | jq -c 'select(.level == \"fail\")'") { _offline, _json, _show };
        _endpoints.AddKafkaTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var services = _endpoints.Configuration(parsed);
        var configuration = ConfigurationCheck.Of(services);
        List<CheckLine> lines = [.. configuration.Lines];
        // What the shared parts have found wrong, the services would only repeat.
        if (lines.All(line => line.Level == CheckLevel.Ok))
        {
            var check = new ServiceCheck(services, _endpoints.File(parsed), time);
            lines.AddRange(await check.LinesAsync());
            if (parsed.GetValue(_show))
                Show(check.Options, parsed.GetValue(_json));
        }
        if (!parsed.GetValue(_offline))
        {
            if (configuration.Kafka is not null)
                lines.AddRange(await KafkaCheck.LinesAsync(_endpoints.Connect(parsed)));
            lines.AddRange(await new ProviderCheck(time, chance).LinesAsync(configuration.Apps, configuration.Apns, configuration.Fcm, stop));
        }

        Print(lines, parsed.GetValue(_json));
        return CheckLine.ExitCodeOf(lines);
    }

    private void Show(IReadOnlyList<(string Service, ShownOption Option)> options, bool asJson)
    {
        foreach (var (service, option) in options)
        {
            terminal.Out.WriteLine(asJson
                ? JsonSerializer.Serialize(new { service, option.Option, option.Value, option.From, option.Live }, JsonSerializerOptions.Web)
                : $"{service,-6}  {option.Option} = {option.Value}  ({option.From}{(option.Live ? ", live" : "")})");
        }
    }

    private void Print(IReadOnlyList<CheckLine> lines, bool asJson)
    {
        var width = lines.Max(line => line.What.Length);
        foreach (var line in lines)
        {
            if (asJson)
            {
                terminal.Out.WriteLine(line.Json());
                continue;
            }

            foreach (var text in line.Lines(width))
                Write(text, line.Level);
        }

        if (!asJson)
            terminal.Out.WriteLine(Summary(lines));
    }

    /// <summary>Whole lines for everybody but a terminal, which gets its own colour for the first word and long lines below each other.</summary>
    private void Write(string text, CheckLevel level)
    {
        if (!terminal.IsInteractive)
        {
            terminal.Out.WriteLine(text);
            return;
        }

        terminal.Screen.Write(new Paragraph(text[..4], new Style(Colour(level))).Append(text[4..]).Append("\n"));
    }

    private static string Summary(IReadOnlyList<CheckLine> lines)
    {
        var (failed, warned) = (lines.Count(line => line.Level == CheckLevel.Fail), lines.Count(line => line.Level == CheckLevel.Warn));
        return (failed, warned) switch
        {
            (0, 0) => "All well.",
            (0, _) => $"It works; {Number.Text(warned)} to look at.",
            _ => $"{Number.Text(failed)} failed{(warned > 0 ? $", {Number.Text(warned)} to look at" : "")}.",
        };
    }

    private static Color Colour(CheckLevel level) => level switch
    {
        CheckLevel.Ok => Color.Green,
        CheckLevel.Warn => Color.Yellow,
        CheckLevel.Fail => Color.Red,
        _ => Color.Grey,
    };
}
