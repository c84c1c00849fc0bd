using System.Text.RegularExpressions;

namespace Dispatcher.Architecture.Tests;

/// <summary>Links between the pages of this repository.</summary>
public sealed partial class LinkTests
{
    private static readonly string[] Pages =
    [
        .. Directory.EnumerateFiles(Repository.Root, "*.md"),
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories),
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "samples"), "*.md"),
    ];

    [Fact]
    public void Relative_links_lead_to_a_file_and_a_heading() =>
        Findings.AssertNone(
            from page in Pages
            from link in Link.Matches(File.ReadAllText(page))
            let target = link.Groups["file"].Value is { Length: > 0 } file ? Path.Combine(Path.GetDirectoryName(page)!, file) : page
            where !Leads(target, link.Groups["heading"].Value)
            select $"{Path.GetRelativePath(Repository.Root, page)}: {link.Value}");

    [Fact]
    public void Every_decision_is_in_the_index()
    {
        var folder = Path.Combine(Repository.Root, "docs", "adr");
        var index = File.ReadAllText(Path.Combine(folder, "README.md"));

        Assert.All(
            Directory.EnumerateFiles(folder, "0*.md").Select(file => Path.GetFileName(file)),
            file => Assert.Contains($"({file})", index));
    }

    private static bool Leads(string target, string heading) =>
        (File.Exists(target) || Directory.Exists(target)) && (heading.Length == 0 || Anchors(target).Contains(heading));

    private static IEnumerable<string> Anchors(string page) => Heading.Matches(File.ReadAllText(page))
        .Select(match => NotInAnchors.Replace(match.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"\]\((?!\w+:)(?<file>[^)#\s]*)(?:#(?<heading>[^)\s]+))?\)")]
    private static partial Regex Link { get; }

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading { get; }

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors { get; }
}
