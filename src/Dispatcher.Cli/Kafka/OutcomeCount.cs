using System.Text.Json;
using System.Text.Json.Serialization;
using Dispatcher.Cli.Output;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Sending;

namespace Dispatcher.Cli.Kafka;

/// <summary>How many pushes ended in one way.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Reason">The reason, where it has one.</param>
/// <param name="DeadLettered">Whether they became dead letters.</param>
/// <param name="Count">How many.</param>
internal sealed record OutcomeCount(
    [property: JsonConverter(typeof(OutcomeNameConverter))] OutcomeKind Outcome, string? Reason, bool DeadLettered, int Count)
{
    /// <summary>Counts results by outcome and reason, the most frequent first.</summary>
    /// <param name="results">The results.</param>
    public static IReadOnlyList<OutcomeCount> Of(IEnumerable<PushResult> results) =>
    [
        .. results.GroupBy(result => (result.Outcome, result.Reason, result.DeadLettered))
            .Select(group => new OutcomeCount(group.Key.Outcome, group.Key.Reason, group.Key.DeadLettered, group.Count()))
            .OrderByDescending(count => count.Count)
            .ThenBy(count => count.Outcome)
            .ThenBy(count => count.Reason, StringComparer.Ordinal),
    ];

    /// <summary>Lays counts out as a table.</summary>
    /// <param name="counts">The counts.</param>
    public static IEnumerable<string> Lines(IEnumerable<OutcomeCount> counts) => TextTable.Lines(
        [">pushes", "outcome", "reason", ""],
        [.. counts.Select(count => new[]
        {
            Number.Text(count.Count), Name(count.Outcome), count.Reason ?? "", count.DeadLettered ? "dead letter" : "",
        })]);

    /// <summary>The outcome's word.</summary>
    /// <param name="outcome">The outcome.</param>
    public static string Name(OutcomeKind outcome) => outcome == OutcomeKind.NotSent ? "not sent" : outcome.ToString().ToLowerInvariant();
}

/// <summary>Writes outcomes as scripts read them: <c>accepted</c>, <c>notSent</c>.</summary>
internal sealed class OutcomeNameConverter() : JsonStringEnumConverter<OutcomeKind>(JsonNamingPolicy.CamelCase);
