using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Dispatcher.Cli.Arguments;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Keys;

/// <summary><c>dispatcher keys</c>. It needs neither the API nor Kafka.</summary>
/// <param name="terminal">Where it writes.</param>
/// <param name="time">The clock.</param>
internal sealed class KeysCommand(Terminal terminal, TimeProvider time)
{
    private static readonly string[] Scopes = ["push:send", "push:bulk", "push:validate", "push:manage", "ops:read"];

    private const string UsualName = "main";

    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(3650);

    public Command Create() => new("keys", "API keys, and the hashes that the API is configured with.") { New(), Hash() };

    private CommandWithExamples New()
    {
        var options = new Options(time);
        var command = new CommandWithExamples(
            "new",
            "Makes a random API key of 256 bits, prints it once, and prints what the API has to be configured with.",
            "dispatcher keys new --name shop --tenant acme",
            "dispatcher keys new --name batch --scope push:bulk --expires 90d",
            "dispatcher keys new --name ci --json | jq -r .key");
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            var key = ApiKey.Create();
            var entry = options.Read(parsed, key.Sha256);
            if (parsed.GetValue(options.Json))
            {
                Print(entry, key.Secret, asJson: true);
                return ExitCode.Success;
            }

            terminal.Out.WriteLine($"key     {key.Secret}");
            terminal.Out.WriteLine("        This is the only time that it is shown; callers send it as Authorization: Bearer <key>.");
            Print(entry, secret: null, asJson: false);
            return ExitCode.Success;
        });
        return command;
    }

    private CommandWithExamples Hash()
    {
        var options = new Options(time);
        var command = new CommandWithExamples(
            "hash",
            "Reads a key from standard input and prints what the API has to be configured with.",
            "dispatcher keys hash --name shop < key.txt",
            "printf %s \"$KEY\" | dispatcher keys hash --json | jq -r .sha256");
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var reader = new StreamReader(terminal.In(), Encoding.UTF8);
            var text = (await reader.ReadLineAsync(cancellationToken) ?? "").Trim();
            if (ApiKey.Problem(text) is { } problem)
                throw new CommandFailedException(problem, ExitCode.Usage);
            Print(options.Read(parsed, new ApiKey(text).Sha256), secret: null, parsed.GetValue(options.Json));
            return ExitCode.Success;
        });
        return command;
    }

    private void Print(KeyEntry entry, string? secret, bool asJson)
    {
        if (asJson)
        {
            var line = new JsonObject();
            if (secret is not null)
                line["key"] = secret;
            line["name"] = entry.Name;
            line["sha256"] = entry.Sha256;
            line["configuration"] = JsonNode.Parse(entry.Json());
            terminal.Out.WriteLine(line.ToJsonString());
            return;
        }

        terminal.Out.WriteLine($"sha256  {entry.Sha256}");
        terminal.Out.WriteLine();
        terminal.Out.WriteLine("For the API, in appsettings.json:");
        terminal.Out.WriteLine(entry.Json());
        terminal.Out.WriteLine();
        terminal.Out.WriteLine("or in its environment:");
        foreach (var variable in entry.Variables())
            terminal.Out.WriteLine(variable);
    }

    /// <summary>The options that both commands have.</summary>
    private sealed class Options
    {
        private readonly TimeProvider _time;
        private readonly Option<string?> _name = new("--name") { Description = $"The key's name, which logs may show [default: {UsualName}]", HelpName = "name" };
        private readonly Option<string?> _tenant = new("--tenant") { Description = "Whose apps the key may send to [default: default]", HelpName = "name" };
        private readonly Option<string[]?> _scopes = ParsedOption.Choices("--scope", "What the key is for [default: every push:*]", Scopes);
        private readonly Option<DateTimeOffset?> _expires;

        public Options(TimeProvider time)
        {
            _time = time;
            _expires = ParsedOption.Of<DateTimeOffset>("--expires", "When it ends: after so long, or at an instant [default: never]", TryParse, "a time such as 90d or 2027-01-31");
            _expires.HelpName = "time";
        }

        public Option<bool> Json { get; } = new("--json") { Description = "One JSON object, for scripts" };

        public void AddTo(Command command)
        {
            foreach (var option in (Option[])[_name, _tenant, _scopes, _expires, Json])
                command.Options.Add(option);
            command.Validators.Add(result =>
            {
                // It becomes the name of an environment variable and a path of the configuration.
                if ((result.GetValue(_name) ?? UsualName) is not { Length: > 0 and <= 64 } name || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') || name.Contains("__", StringComparison.Ordinal))
                    result.AddError($"--name '{result.GetValue(_name)}' is not a name of 1 to 64 letters, digits, '-' and single '_'.");
            });
        }

        public KeyEntry Read(ParseResult parsed, string sha256) => new(
            parsed.GetValue(_name) ?? UsualName, sha256, parsed.GetValue(_tenant), parsed.GetValue(_scopes)?.Distinct(StringComparer.Ordinal).ToArray() ?? [], parsed.GetValue(_expires));

        private bool TryParse(string text, out DateTimeOffset instant)
        {
            var now = _time.GetUtcNow();
            if (Duration.TryParse(text, LongestLife, out var life))
                instant = now + life;
            else if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out instant))
                return false;
            return instant > now;
        }
    }
}
