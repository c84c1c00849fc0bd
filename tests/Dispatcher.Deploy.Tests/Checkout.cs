using System.Text.RegularExpressions;

namespace Dispatcher.Deploy.Tests;

/// <summary>The files of the checkout that these tests were built from.</summary>
internal static partial class Checkout
{
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>Every file below a folder, relative to the root, with forward slashes.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file)).ReplaceLineEndings("\n");

    public static bool Has(string file) => Path.Exists(Path.Combine(Root, file));

    /// <summary>What the headings of a page are called in links.</summary>
    public static HashSet<string> Anchors(string page) =>
    [
        .. Heading.Matches(Read(page)).Select(match => NotInAnchors.Replace(match.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-')),
    ];

    public static void AssertNone(IEnumerable<string> findings)
    {
        var lines = findings.Distinct().ToArray();
        Assert.True(lines.Length == 0, string.Join('\n', lines));
    }

    private static string FindRoot(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Dispatcher.sln")))
                return at.FullName;
        }

        throw new InvalidOperationException($"No Dispatcher.sln in '{folder}' or above it.");
    }

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading { get; }

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors { get; }
}
