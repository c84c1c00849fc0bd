using System.Globalization;
using System.Text.RegularExpressions;
using Dispatcher.Core.Providers.Fcm;
using Dispatcher.Core.Pushes;
using Dispatcher.Core.Sending;
using static Dispatcher.Core.Tests.Providers.Samples;

namespace Dispatcher.Core.Tests.Providers.Fcm;

/// <summary>The FCM table of docs/provider-answers.md against what the code makes of those answers.</summary>
public sealed partial class FcmAnswerPageTests
{
    private const string FcmErrorType = "type.googleapis.com/google.firebase.fcm.v1.FcmError";

    /// <summary>What the page says: status, reason, whether the token is to blame, outcome.</summary>
    public static TheoryData<int, string, bool, OutcomeKind> Rows
    {
        get
        {
            var rows = new TheoryData<int, string, bool, OutcomeKind>();
            foreach (var row in Page().Select(line => Row.Match(line)).Where(row => row.Success))
            {
                foreach (Match reason in Reason.Matches(row.Groups["reasons"].Value))
                {
                    rows.Add(
                        int.Parse(row.Groups["status"].ValueSpan, CultureInfo.InvariantCulture),
                        reason.Groups["name"].Value,
                        row.Groups["reasons"].Value.Contains("about the token", StringComparison.Ordinal),
                        Enum.Parse<OutcomeKind>(row.Groups["outcome"].Value));
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_row_is_what_the_code_does(int status, string reason, bool blamesToken, OutcomeKind outcome)
    {
        var message = blamesToken ? "The registration token is not a valid FCM registration token" : "…";
        var byCode = $$$"""{"error":{"message":"{{{message}}}","details":[{"@type":"{{{FcmErrorType}}}","errorCode":"{{{reason}}}"}]}}""";
        var byStatus = $$$"""{"error":{"message":"{{{message}}}","status":"{{{reason}}}"}}""";

        foreach (var body in new[] { byCode, byStatus })
        {
            var answer = FcmAnswer.Read(Answer(status, body), Target.Token("t"), AcceptedAt);
            Assert.Equal((outcome, reason, true), (answer.Outcome.Kind, answer.Outcome.Reason, answer.IsKnown));
        }
    }

    [Fact]
    public void The_page_has_the_code_s_reasons_and_no_others() =>
        Assert.Equal(
            FcmReasons.All.Select(reason => (reason.Status, reason.Name)).Order(),
            Rows.Select(row => ((int)row[0], (string)row[1])).Distinct().Order());

    private static IEnumerable<string> Page() =>
        File.ReadLines(Path.Combine(Root(), "docs", "provider-answers.md")).SkipWhile(line => line != "## FCM").Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal));

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Dispatcher.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }

    [GeneratedRegex(@"^\| (?<status>\d{3}) \| (?<reasons>`[^|]+) \| (?<outcome>\w+) \|")]
    private static partial Regex Row { get; }

    [GeneratedRegex("`(?<name>[A-Z_]+)`")]
    private static partial Regex Reason { get; }
}
