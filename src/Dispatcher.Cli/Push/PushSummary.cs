using System.Text.Json;
using System.Text.Json.Serialization;
using Dispatcher.Cli.Kafka;
using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Push;

/// <summary>The end of <c>dispatcher push</c>, for people and for scripts.</summary>
/// <param name="Requests">Requests that were posted.</param>
/// <param name="Accepted">Those that the API accepted.</param>
/// <param name="Pushes">Pushes in them.</param>
/// <param name="Retried">How often a request was posted again.</param>
/// <param name="Refusals">Those that it did not accept.</param>
/// <param name="Ids">The pushes of a request made of options.</param>
/// <param name="Outcomes">What became of the pushes, if waited for.</param>
/// <param name="Pending">Pushes without an outcome when the wait ended.</param>
internal sealed record PushSummary(
    int Requests,
    int Accepted,
    int Pushes,
    int Retried,
    IReadOnlyList<Refusal> Refusals,
    IReadOnlyList<Guid>? Ids,
    IReadOnlyList<OutcomeCount>? Outcomes,
    int? Pending)
{
    private const int ShownReasons = 10;
    private const int ShownLines = 8;

    [JsonIgnore]
    public int ExitCode => Refusals.Count > 0 || Pending > 0 ? Output.ExitCode.Failure : Output.ExitCode.Success;

    public static PushSummary Of(PushReport report, IReadOnlyList<Guid>? ids, OutcomeLedger? waited) => new(
        report.Accepted + report.Refusals.Count,
        report.Accepted,
        report.Pushes,
        report.Retried,
        report.Refusals,
        ids,
        waited is null ? null : OutcomeCount.Of(waited.Settled),
        waited?.PendingCount);

    public string ToJson() => JsonSerializer.Serialize(this, PushSummaryJson.Default.PushSummary);

    public IEnumerable<string> Lines()
    {
        if (Ids is [_, ..])
            yield return $"Accepted: {string.Join(", ", Ids)}";
        else if (Ids is null)
            yield return $"{Number.Text(Accepted)} of {Number.Text(Requests)} requests accepted, {Number.Text(Pushes)} pushes in them"
                + (Retried > 0 ? $"; {Number.Text(Retried)} retries." : ".");

        foreach (var line in RefusalLines())
            yield return line;
        if (Outcomes is null || Pushes == 0)
            yield break;
        yield return "";
        foreach (var line in OutcomeCount.Lines(Outcomes))
            yield return line;
        if (Pending > 0)
            yield return $"{Number.Text(Pending.Value)} pushes had no outcome yet when the wait ended.";
    }

    private IEnumerable<string> RefusalLines()
    {
        var reasons = Refusals.GroupBy(refusal => refusal.Reason).ToArray();
        foreach (var reason in reasons.Take(ShownReasons))
        {
            var lines = reason.Select(refusal => refusal.Line).Where(line => line > 0).ToArray();
            yield return lines.Length == 0 ? $"Refused: {reason.Key}" : $"Refused, {Where(lines)}: {reason.Key}";
        }

        if (reasons.Length > ShownReasons)
            yield return $"…and {reasons.Length - ShownReasons} more reasons; --json lists them all.";
    }

    private static string Where(int[] lines) => lines switch
    {
        [var only] => $"line {only}",
        { Length: <= ShownLines } => $"lines {string.Join(", ", lines)}",
        _ => $"{Number.Text(lines.Length)} lines, from line {lines[0]}",
    };
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PushSummary))]
internal sealed partial class PushSummaryJson : JsonSerializerContext;
