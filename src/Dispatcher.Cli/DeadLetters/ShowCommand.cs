using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;
using Dispatcher.Cli.Session;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.DeadLetters;

/// <summary><c>dispatcher dead-letters show</c>.</summary>
/// <param name="terminal">Where it writes.</param>
/// <param name="time">The clock.</param>
internal sealed class ShowCommand(Terminal terminal, TimeProvider time)
{
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = PlainJsonEncoder.Instance };

    private readonly Argument<string> _which = new("which")
    {
        Description = "The id of a push, or the position that a listing has: TOPIC/PARTITION/OFFSET",
        HelpName = "id|position",
    };

    private readonly Option<bool> _reveal = new("--reveal") { Description = "Device tokens in clear" };
    private readonly Option<bool> _json = new("--json") { Description = "One JSON object for each, content included" };
    private readonly EndpointOptions _endpoints = new();

    public Command Create()
    {
        var command = new CommandWithExamples(
            "show",
            "Shows everything about one: what happened, what it means, what to do, and its content.",
            "dispatcher dead-letters show push.apns.dead/3/42",
            "dispatcher dead-letters show 0199d2a4-5c3f-7d8e-9a1b-2c3d4e5f6071 --reveal")
        {
            _which, _reveal, _json,
        };
        _endpoints.AddKafkaTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_which) is { } which && !Guid.TryParse(which, out _) && !DeadLetterPosition.TryParse(which, out _))
                result.AddError($"'{which}' is neither the id of a push nor {DeadLetterPosition.Expected}.");
        });
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var kafka = _endpoints.Connect(parsed);
        var which = parsed.GetValue(_which)!;
        var letters = DeadLetterPosition.TryParse(which, out var position)
            ? [await OneAsync(kafka, position, cancellationToken)]
            : await AllAsync(kafka, Guid.Parse(which), cancellationToken);
        foreach (var letter in letters)
            Print(letter, terminal, parsed.GetValue(_reveal), parsed.GetValue(_json), time.GetUtcNow());
        return letters.Count > 0
            ? ExitCode.Success
            : throw new CommandFailedException($"no dead letter is of push {which}: it may have been purged, or retention deleted it.");
    }

    internal static void Print(DeadLetterRecord letter, Terminal terminal, bool reveal, bool json, DateTimeOffset now)
    {
        if (!json)
        {
            foreach (var line in new DeadLetterPage(letter, reveal, now).Lines(terminal.Width))
                terminal.Out.WriteLine(line);
            return;
        }

        var members = JsonNode.Parse(DeadLetterLine.Of(ListedDeadLetter.Of(letter)))!.AsObject();
        var content = new DeadLetterContent(letter, reveal);
        if (content.Json() is { } value)
            members["content"] = value;
        else
            members["contentText"] = string.Join('\n', content.Lines());
        terminal.Out.WriteLine(members.ToJsonString(OneLine));
    }

    // One seek: the range of a plan may be a single offset.
    private static async Task<DeadLetterRecord> OneAsync(KafkaConnection kafka, TopicPartitionOffset position, CancellationToken cancellationToken)
    {
        var topics = Enum.GetValues<Provider>().Select(kafka.Topics.DeadLetters).ToArray();
        if (!topics.Contains(position.Topic))
            throw new CommandFailedException($"{position.Topic} is no topic of dead letters; they are in {string.Join(" and ", topics)}.", ExitCode.Usage);
        var plan = (await ScanPlan.MakeAsync(kafka, DeadLetterFilter.All)).Only(position)
            ?? throw new CommandFailedException($"there is no {DeadLetterPosition.Text(position)}: it may have been purged, or retention deleted it.");
        await foreach (var record in new DeadLetterScan(kafka, plan).ReadAsync(DeadLetterFilter.All, cancellationToken))
            return record;
        throw new CommandFailedException($"{DeadLetterPosition.Text(position)} holds no record: compaction or a transaction took the offset.");
    }

    private async Task<List<DeadLetterRecord>> AllAsync(KafkaConnection kafka, Guid id, CancellationToken cancellationToken)
    {
        var filter = DeadLetterFilter.All with { Ids = [id] };
        var letters = new List<DeadLetterRecord>();
        var reading = new DeadLetterReading(kafka, await ScanPlan.MakeAsync(kafka, filter), terminal, time);
        await foreach (var record in reading.ReadAsync(filter, cancellationToken))
            letters.Add(record);
        return [.. letters.OrderBy(letter => letter.LastFailedAt)];
    }
}
