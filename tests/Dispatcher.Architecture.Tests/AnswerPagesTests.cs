using System.Text;
using System.Text.RegularExpressions;
using Dispatcher.Core.Apps;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Providers.Connections;

namespace Dispatcher.Architecture.Tests;

/// <summary>The pages that explain answers, ours and the providers', against the words in the code.</summary>
public sealed partial class AnswerPagesTests
{
    [Fact]
    public void Every_problem_of_the_api_has_a_section_that_begins_with_its_status()
    {
        var page = Repository.Read("docs/errors.md");
        string[] files = ["Pushes/Problems.cs", "Channels/ChannelProblems.cs", "Topics/TopicProblems.cs"];
        var problems = Problem.Matches(string.Concat(files.Select(file => Repository.Read($"src/Dispatcher.Api/{file}"))));

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

    /// <summary>Both ways: a row that the code does not follow is as wrong as one that is missing.</summary>
    [Fact]
    public void Rows_of_apns_say_what_the_code_does()
    {
        var app = new ApnsApp("app", "tenant", "com.example", new ApnsKeyFile("T", "K", "/none"), Sandbox: false);
        string Outcome(ApnsReason reason)
        {
            var body = Encoding.UTF8.GetBytes($$"""{"reason":"{{reason.Name}}"}""");
            return $"{ApnsAnswer.Read(new HttpAnswer(reason.Status, AnswerFields.None, body), app, push: null, default).Outcome.Kind}";
        }

        var page = Repository.Read("docs/provider-answers.md");
        var section = page[page.IndexOf("## APNs", StringComparison.Ordinal)..page.IndexOf("## FCM", StringComparison.Ordinal)];
        var stated =
            from row in AnswerRow.Matches(section)
            from name in row.Groups["names"].Value.Split(',')
            select $"{row.Groups["status"].Value} {name.Trim().Trim('`')} {row.Groups["outcome"].Value}";

        Assert.Equal(
            ApnsReasons.All.Select(reason => $"{reason.Status} {reason.Name} {Outcome(reason)}").Order(StringComparer.Ordinal),
            stated.Order(StringComparer.Ordinal));
    }

    /// <summary>docs/apns.md against the table of push types.</summary>
    [Fact]
    public void Push_types_are_as_their_page_says()
    {
        var page = Repository.Read("docs/apns.md");

        Findings.AssertNone(
            from type in ApnsPushType.All
            let suffix = type.TopicSuffix.Length > 0 ? $" + `{type.TopicSuffix}`" : ""
            let signIn = type.Demands switch { ApnsSignIn.Key => "key", ApnsSignIn.Certificate => "certificate", _ => "key or certificate" }
            let priority = type.OnlyPriority is { } only ? $"{only} only" : type.DefaultPriority is { } usual ? $"10, 5, 1; {usual} unless asked" : "10, 5, 1"
            let row = $"| `{type.Name}` | bundle id{suffix} | {signIn} | {priority} | {type.MaxBytes} |"
            where !page.Contains(row, StringComparison.Ordinal)
            select $"docs/apns.md lacks: {row}");
    }

    // | 400 | `BadDeviceToken`, `…` | Rejected | …
    [GeneratedRegex(@"^\| (?<status>\d{3}) \| (?<names>`\w+`(?:, `\w+`)*) \| (?<outcome>\w+) \|", RegexOptions.Multiline)]
    private static partial Regex AnswerRow { get; }

    // new(401, "unauthorized", …
    [GeneratedRegex("""new(?: Problem)?\(\s*(?<status>\d{3}),\s*"(?<type>[a-z-]+)"(?!u8)""")]
    private static partial Regex Problem { get; }

    // "Unregistered", "QUOTA_EXCEEDED"; header and member names are lower-case.
    [GeneratedRegex("""(?<!=)"(?<name>[A-Z][A-Za-z_]+)"(?!u8)""")]
    private static partial Regex Reason { get; }
}
