using System.CommandLine;
using System.CommandLine.Help;
using Dispatcher.Cli.Topics;
using Dispatcher.Testing;

namespace Dispatcher.Cli.Tests;

/// <summary>docs/cli.md against the commands: a section each, and in it a row for each option with the words of its help.</summary>
public sealed class CliPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Root(AppContext.BaseDirectory), "docs", "cli.md")).ReplaceLineEndings("\n");

    [Fact]
    public void Every_command_and_option_has_its_place()
    {
        var root = new CommandTree(new TestTerminal().Terminal, new FakeTimeProvider(), static () => 0.5).Create();
        var shared = Section("## Every command");
        string[] missing =
        [
            .. Below(root, "dispatcher").SelectMany(command => Lines(command.Command, command.Path)
                .Where(line => !shared.Contains(line, StringComparison.Ordinal) && !Section($"## {command.Path}").Contains(line, StringComparison.Ordinal))
                .Select(line => $"{command.Path}: {line}")),
        ];
        Assert.True(missing.Length == 0, $"docs/cli.md lacks\n{string.Join('\n', missing)}");
    }

    [Fact]
    public void No_section_is_of_a_command_that_is_gone()
    {
        var root = new CommandTree(new TestTerminal().Terminal, new FakeTimeProvider(), static () => 0.5).Create();
        var paths = Below(root, "dispatcher").Select(command => $"## {command.Path}").ToHashSet();
        Assert.DoesNotContain(Page.Split('\n'), line => line.StartsWith("## dispatcher", StringComparison.Ordinal) && !paths.Contains(line));
    }

    [Fact]
    public void Settings_of_topics_are_as_the_operations_page_says()
    {
        var page = File.ReadAllText(Path.Combine(Root(AppContext.BaseDirectory), "docs", "operations.md"));
        var rows = page.Split('\n')
            .Where(line => line.StartsWith("| `push.", StringComparison.Ordinal)
                && (line.Contains("| `delete` |", StringComparison.Ordinal) || line.Contains("| `compact` |", StringComparison.Ordinal))).ToArray();
        string Row(TopicRole role) => rows.Single(row => row.Contains(
            role switch { TopicRole.Lane => "{urgent,bulk}", TopicRole.Delay => "delay.*", TopicRole.DeadLetters => ".dead`", TopicRole.Results => ".results", TopicRole.Schedule => ".scheduled", _ => ".tokens" },
            StringComparison.Ordinal));
        Assert.All(
            TopicPlan.All(new Core.Kafka.TopicNames("push"), 12, 3),
            plan => Assert.All(
                plan.Settings.Where(setting => setting.Key != TopicPlan.MinInSync),
                setting => Assert.Contains($"`{setting.Value}`", Row(plan.Role), StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Lines(Command command, string path)
    {
        if (command.Subcommands.Count == 0)
            yield return $"{command.Description}\n";
        foreach (var option in command.Options.Where(option => option is not (HelpOption or VersionOption)))
            yield return $"| `{option.Name}` | {option.Description!.Replace("|", "\\|", StringComparison.Ordinal)} |\n";
    }

    private static IEnumerable<(Command Command, string Path)> Below(Command command, string path) =>
        command.Subcommands.SelectMany(each => Below(each, $"{path} {each.Name}")).Append((command, path)).Where(each => each.Item1 is not RootCommand && each.Item1.Subcommands.Count == 0);

    private static string Section(string heading)
    {
        var at = Page.IndexOf($"{heading}\n", StringComparison.Ordinal);
        if (at < 0)
            return "";
        var end = Page.IndexOf("\n## ", at + heading.Length, StringComparison.Ordinal);
        return end < 0 ? Page[at..] : Page[at..(end + 1)];
    }

    private static string Root(string folder)
    {
        while (!File.Exists(Path.Combine(folder, "Dispatcher.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("These tests run inside a checkout.");
        return folder;
    }
}
