using System.Globalization;
using System.Text;
using Dispatcher.Cli.Arguments;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>Everything about one dead letter, on a page.</summary>
/// <param name="record">The dead letter.</param>
/// <param name="reveal">Whether tokens are shown.</param>
/// <param name="now">The instant that ages count from.</param>
internal sealed class DeadLetterPage(DeadLetterRecord record, bool reveal, DateTimeOffset now)
{
    private const int NameWidth = 13;
    private const int LongestText = 2000;

    private readonly DeadLetterContent _content = new(record, reveal);

    public IEnumerable<string> Lines(int width)
    {
        var letter = record.Letter;
        var guide = ReasonGuide.To(letter.Reason, letter.Status);
        var push = record.DecodePush();
        (string Name, string? Text)[] rows =
        [
            ("push", letter.PushId?.ToString() ?? "unknown"),
            ("app", Joined(letter.App, letter.Tenant is { } tenant ? $"tenant {tenant}" : null, letter.Provider)),
            ("target", push is null ? null : Target(push.Target)),
            ("reason", letter.Status is { } status ? $"{letter.Reason} (HTTP {status})" : letter.Reason),
            ("", guide.Meaning),
            ("", guide.Advice),
            ("detail", letter.Detail),
            ("outcome", letter.Outcome),
            ("attempts", Attempts(letter)),
            ("accepted", push is null ? null : Time(push.AcceptedAt)),
            ("worth until", push is null ? null : Expiry(push)),
            ("origin", $"{DeadLetterPosition.Text(letter.OriginalTopic, letter.OriginalPartition, letter.OriginalOffset)}, {Time(letter.OriginalTimestamp)}"),
            ("group", letter.ConsumerGroup),
            ("worker", letter.Worker),
            ("trace", TraceOf(letter.TraceParent)),
            ("replays", Replays()),
            ("kept since", Time(new DateTimeOffset(record.Timestamp.UtcDateTime))),
            ("key", _content.Line(record.Key)),
            .. ProducersHeaders(letter).Select(header => ("header", header)),
        ];
        yield return DeadLetterPosition.Text(record.Position);
        foreach (var (name, text) in rows)
        {
            foreach (var line in text is null ? [] : Wrapped(name, DeadLetterListing.Word(text, LongestText), width))
                yield return line;
        }

        yield return "";
        foreach (var line in _content.Lines())
            yield return line;
    }

    // Long ids and addresses stay whole, for a terminal breaks them where it likes and they can still be copied.
    private static IEnumerable<string> Wrapped(string name, string text, int width)
    {
        var indent = $"  {name.PadRight(NameWidth)}";
        var line = new StringBuilder(indent);
        foreach (var word in text.Split(' '))
        {
            if (line.Length > indent.Length && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear().Append(' ', indent.Length);
            }

            line.Append(line.Length > indent.Length ? " " : "").Append(word);
        }

        yield return line.ToString();
    }

    private string Target(Target target) =>
        $"{target.Word} {(reveal || !target.IsDevice ? target.Value : target.Redacted)}, hash {target.Hash}";

    private static string Attempts(DeadLetter letter)
    {
        var count = letter.Attempts switch { 0 => "none left for the provider", 1 => "1", var more => $"{more}" };
        var times = letter.FirstFailedAt is { } first && first != letter.LastFailedAt
            ? $"first failed {Time(first)}, last {Time(letter.LastFailedAt)}"
            : $"failed {Time(letter.LastFailedAt)}";
        return $"{count}; {times}";
    }

    private string Expiry(PushNotification push) => push switch
    {
        { TimeToLive: 0 } => "now or never: one attempt",
        { ExpiresAt: null } => "no limit of its own",
        { ExpiresAt: { } at } when at <= now => $"{Time(at)}: past, a replay needs --extend-ttl",
        { ExpiresAt: { } at } => $"{Time(at)}: {Duration.Text(TimeSpan.FromSeconds(Math.Ceiling((at - now).TotalSeconds)))} left",
    };

    private string? Replays()
    {
        if (record.ReplayCount == 0)
            return "none";
        var id = record.Headers.TryGetLastBytes(DeadLetterHeaders.ReplayId, out var bytes) ? _content.Line(bytes) : null;
        return id is null ? $"{record.ReplayCount}" : $"{record.ReplayCount}, the last one {id}";
    }

    private IEnumerable<string> ProducersHeaders(DeadLetter letter) =>
        (letter.Headers ?? []).Select(header => $"{header.Key}: {_content.Line(header.GetValueBytes())}");

    private static string? TraceOf(string? traceParent) =>
        traceParent?.Split('-') is [_, { Length: 32 } trace, ..] ? $"{trace} (traceparent {traceParent})" : traceParent;

    private static string Joined(string? first, params string?[] others) =>
        string.Join(", ", others.Prepend(first ?? "unknown").Where(word => word is not null));

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
