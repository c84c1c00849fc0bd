using System.Text.RegularExpressions;
using Dispatcher.Core.Kafka;
using Dispatcher.Core.Sending;

namespace Dispatcher.Architecture.Tests;

/// <summary>docs/push-lifecycle.md against the code that it describes.</summary>
public sealed partial class LifecyclePageTests
{
    private static readonly string Page = Repository.Read("docs/push-lifecycle.md");

    public static TheoryData<OutcomeKind> Kinds => [.. Enum.GetValues<OutcomeKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Outcome_table_has_the_row_that_the_code_has(OutcomeKind kind)
    {
        var traits = OutcomeTable.Traits(kind);
        var settlement = SettlementWords[traits.Settlement];
        var breaker = traits.Breaker.ToString().ToLowerInvariant();

        Assert.Contains($"| `{kind}` | {YesNo(traits.IsFinal)} | {YesNo(traits.BurnsAttempt)} | {breaker} | {settlement} |", Page);
    }

    [Fact]
    public void Every_header_of_a_dead_letter_is_listed()
    {
        var listed = Header.Matches(Page[Page.IndexOf("Headers of a dead letter", StringComparison.Ordinal)..])
            .Select(match => match.Groups["name"].Value);
        var headers = typeof(DeadLetterHeaders).GetFields().Select(field => (string)field.GetRawConstantValue()!);

        Assert.Equal(headers.Order(), listed.Order());
    }

    private static readonly Dictionary<Settlement, string> SettlementWords = new()
    {
        [Settlement.Complete] = "complete",
        [Settlement.CompleteAndReportToken] = "complete and report the token",
        [Settlement.DeadLetter] = "dead letter",
        [Settlement.Retry] = "retry",
    };

    private static string YesNo(bool value) => value ? "yes" : "no";

    [GeneratedRegex("`(?<name>[a-z-]+)`")]
    private static partial Regex Header { get; }
}
