using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Confluent.Kafka;
using Dispatcher.Cli.Arguments;
using Dispatcher.Cli.DeadLetters;
using Dispatcher.Cli.Lag;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;

namespace Dispatcher.Cli.Tail;

/// <summary>Makes lines of the records of each topic. What is no such record, somebody else wrote: it has no line.</summary>
internal static class TailReader
{
    private const string Unreadable = "-";

    /// <summary>A push's final outcome.</summary>
    /// <param name="record">A record of the results.</param>
    public static TailLine? Result(ConsumeResult<byte[]?, byte[]?> record)
    {
        if (Read<PushResult?>(record, value => PushResult.Read(value)) is not { } result)
            return null;
        var outcome = OutcomeWord(result.Outcome);
        return new TailLine(result.SettledAt, result.App, outcome, result.Reason, result.Id)
        {
            Word = outcome,
            Rest =
            [
                result.Reason,
                result.App,
                Duration.Text(LagTable.Rounded(result.SettledAt > result.AcceptedAt ? result.SettledAt - result.AcceptedAt : TimeSpan.Zero)),
                result.Attempts == 1 ? null : $"{result.Attempts.ToString(CultureInfo.InvariantCulture)} attempts",
                result.DeadLettered ? "dead letter" : null,
                result.Lane,
                result.Target,
            ],
            Json = JsonSerializer.Serialize(JsonDocument.Parse(record.Message.Value).RootElement), // one line, whoever wrote it
        };
    }

    /// <summary>A token that its provider declared dead.</summary>
    /// <param name="record">A record of the tokens.</param>
    /// <param name="reveals">Whether the token is shown; else its hash, which results have as well.</param>
    public static TailLine? Token(ConsumeResult<byte[]?, byte[]?> record, bool reveals)
    {
        if (Read(record, value => InvalidToken.Read(value)) is not { } dead)
            return null;
        var target = new Target(dead.Kind, dead.Token);
        return new TailLine(dead.SentAt, dead.App, Outcome: null, dead.Reason, dead.PushId)
        {
            Word = dead.Reason,
            Rest = [dead.App, reveals ? dead.Token : target.Hash, dead.Since is { } since ? $"since {since.UtcDateTime:yyyy-MM-dd HH:mm:ss}" : null],
            Json = JsonSerializer.Serialize(
                new TokenLine(dead.App, target.Word, target.Hash, reveals ? dead.Token : null, dead.Reason, dead.Since, dead.SentAt, dead.PushId),
                TailJson.Default.TokenLine),
        };
    }

    /// <summary>A push that could not be sent.</summary>
    /// <param name="record">A record of the dead letters.</param>
    public static TailLine? Dead(ConsumeResult<byte[]?, byte[]?> record)
    {
        if (record.Message is null)
            return null;
        var letter = DeadLetter.Read(record);
        return new TailLine(letter.LastFailedAt, letter.App, letter.Outcome, letter.Reason, letter.PushId)
        {
            Word = Plain(letter.Reason)!,
            Rest =
            [
                Plain(letter.App),
                letter.Status?.ToString(CultureInfo.InvariantCulture),
                letter.Attempts == 1 ? null : $"{letter.Attempts.ToString(CultureInfo.InvariantCulture)} attempts",
                string.Create(CultureInfo.InvariantCulture, $"{record.Topic}/{record.Partition.Value}/{record.Offset.Value}"),
                Plain(letter.Detail),
            ],
            Json = DeadLetterLine.Of(ListedDeadLetter.Of(new DeadLetterRecord(record))),
        };
    }

    /// <summary>An outcome as records spell it.</summary>
    /// <param name="outcome">The outcome.</param>
    public static string OutcomeWord(OutcomeKind outcome) => JsonNamingPolicy.CamelCase.ConvertName(outcome.ToString());

    private static T? Read<T>(ConsumeResult<byte[]?, byte[]?> record, Func<byte[], T?> read)
    {
        try
        {
            return record.Message?.Value is { } value ? read(value) : default;
        }
        catch (JsonException)
        {
            return default;
        }
    }

    // A header may hold anything, a terminal obeys control characters.
    private static string? Plain(string? text) => text is null ? null
        : text.Length == 0 ? Unreadable
        : string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}

/// <summary>A dead token as one line of JSON.</summary>
internal sealed record TokenLine(
    string App, string Kind, string Target, string? Token, string Reason, DateTimeOffset? Since, DateTimeOffset SentAt, Guid PushId);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TokenLine))]
internal sealed partial class TailJson : JsonSerializerContext;
