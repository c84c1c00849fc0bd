using System.Text.RegularExpressions;
using Dispatcher.Cli.DeadLetters;

namespace Dispatcher.Cli.Tests.DeadLetters;

public sealed partial class ReasonGuideTests
{
    [Fact]
    public void Every_reason_that_the_page_rejects_for_is_explained()
    {
        var unknown = ReasonGuide.To("no such reason", 400);
        var reasons = File.ReadLines(Path.Combine(Root(), "docs", "provider-answers.md"))
            .Where(line => line.StartsWith('|') && (line.Contains("| Rejected", StringComparison.Ordinal) || line.Contains("Rejected instead", StringComparison.Ordinal)))
            .SelectMany(line => Reason().Matches(line.Split('|')[2]).Select(match => match.Groups[1].Value))
            .ToArray();
        Assert.True(reasons.Length > 20);
        Assert.All(reasons, reason => Assert.NotEqual(unknown, ReasonGuide.To(reason, 400)));
    }

    [Theory]
    [InlineData("exhausted")]
    [InlineData("undecodable")]
    [InlineData("unknownApp")]
    [InlineData("wrongLane")]
    [InlineData("invalid")]
    [InlineData("invalidToken")]
    [InlineData("cannotValidate")]
    [InlineData("tooLarge")]
    [InlineData("notTaken")]
    [InlineData("faulted")]
    public void Our_own_reasons_are_explained(string reason) => Assert.NotEqual(ReasonGuide.To("no such reason", null), ReasonGuide.To(reason, null));

    [Fact]
    public void One_that_nobody_knows_is_explained_by_its_status()
    {
        Assert.Contains("HTTP 418", ReasonGuide.To("Teapot", 418).Meaning, StringComparison.Ordinal);
        Assert.Contains("HTTP 503", ReasonGuide.To("Closed", 503).Meaning, StringComparison.Ordinal);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Dispatcher.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }

    [GeneratedRegex("`([A-Za-z_]+)`")]
    private static partial Regex Reason();
}
