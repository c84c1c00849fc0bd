using System.CommandLine;
using Dispatcher.Cli.Arguments;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Session;

namespace Dispatcher.Cli.DeadLetters;

/// <summary><c>dispatcher dead-letters list</c>.</summary>
internal static class ListCommand
{
    private const int DefaultLimit = 100;

    public static Command Create(Terminal terminal)
    {
        var app = new Option<string?>("--app") { Description = "Only this app", HelpName = "name" };
        var provider = new Option<string?>("--provider") { Description = "Only this provider: apns or fcm" };
        var reason = new Option<string?>("--reason") { Description = "Only this reason, e.g. BadDeviceToken", HelpName = "word" };
        var limit = ParsedOption.Number("--limit", $"The newest so many [default: {DefaultLimit}]", 1, 1_000_000);
        var json = new Option<bool>("--json") { Description = "One JSON object a line, without the push's content" };
        var endpoints = new EndpointOptions();
        provider.AcceptOnlyFromAmong("apns", "fcm");

        var command = new CommandWithExamples(
            "list",
            "Shows the pushes that could not be sent, and why.",
            "dispatcher dead-letters list --app shop-ios --reason BadDeviceToken",
            "dispatcher dead-letters list --json | jq -r .id") { app, provider, reason, limit, json };
        endpoints.AddKafkaTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var kafka = endpoints.Connect(parsed);
            var filter = new DeadLetterFilter(parsed.GetValue(app), parsed.GetValue(provider), parsed.GetValue(reason));
            var newest = new NewestDeadLetters(parsed.GetValue(limit) ?? DefaultLimit);
            await foreach (var letter in new DeadLetterScan(kafka).ReadAsync(cancellationToken))
            {
                if (filter.Matches(letter))
                    newest.Add(letter);
            }

            Print(newest, terminal, parsed.GetValue(json));
            return ExitCode.Success;
        });
        return command;
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
            terminal.Out.WriteLine($"The newest {letters.Count} of {newest.Seen}; --limit shows more.");
    }
}
