using System.Text.RegularExpressions;

namespace Dispatcher.Architecture.Tests;

/// <summary>The pages that explain answers, ours and the providers', against the words in the code.</summary>
public sealed partial class AnswerPagesTests
{
    [Fact]
    public void Every_problem_of_the_api_has_a_section_that_begins_with_its_status()
    {
        var page = Repository.Read("docs/errors.md");
        var problems = Problem.Matches(
            Repository.Read("src/Dispatcher.Api/Pushes/Problems.cs") + Repository.Read("src/Dispatcher.Api/Topics/TopicProblems.cs"));

        Assert.NotEmpty(problems);
        Findings.AssertNone(
            from problem in problems
            let section = $"## {problem.Groups["type"].Value}\n\n{problem.Groups["status"].Value}"
            where !page.Contains(section, StringComparison.Ordinal)
            select $"docs/errors.md lacks: {section.ReplaceLineEndings(" ")}");
    }

    [Theory]
    [InlineData("Apns")]
    [InlineData("Fcm")]
    public void Every_reason_that_a_provider_may_give_has_a_row(string provider)
    {
        var page = Repository.Read("docs/provider-answers.md");
        var folder = $"src/Dispatcher.Core/Providers/{provider}/{provider}";
        var reasons = Reason.Matches(Repository.Read($"{folder}Answer.cs") + Repository.Read($"{folder}Reasons.cs"));

        Assert.NotEmpty(reasons);
        Findings.AssertNone(
            from reason in reasons
            where !page.Contains($"`{reason.Groups["name"].Value}`", StringComparison.Ordinal)
            select $"docs/provider-answers.md lacks {reason.Value}.");
    }

    // new(401, "unauthorized", …
    [GeneratedRegex("""new(?: Problem)?\(\s*(?<status>\d{3}),\s*"(?<type>[a-z-]+)"(?!u8)""")]
    private static partial Regex Problem { get; }

    // "Unregistered", "QUOTA_EXCEEDED"; header and member names are lower-case.
    [GeneratedRegex("""(?<!=)"(?<name>[A-Z][A-Za-z_]+)"(?!u8)""")]
    private static partial Regex Reason { get; }
}
