using System.Reflection;
using System.Text.RegularExpressions;

namespace Dispatcher.Architecture.Tests;

/// <summary>What every source file promises, whatever is in it.</summary>
public sealed partial class SourceTests
{
    /// <summary>A file has one noun; beyond this it has two.</summary>
    private const int MaxLines = 350;

    /// <summary>Who knows one provider can find everything in the other.</summary>
    private static readonly string[] ProviderParts =
        ["Answer", "Credential", "Options", "Payload", "Provider", "Reasons", "Request", "Rules", "TokenSource"];

    [Fact]
    public void Files_stay_short() =>
        Findings.AssertNone(Repository.SourceFiles
            .Select(file => (File: file, Lines: Repository.Read(file).AsSpan().Count('\n')))
            .Where(file => file.Lines > MaxLines)
            .Select(file => $"{file.File} has {file.Lines} lines, more than {MaxLines}."));

    [Theory]
    [InlineData("Apns")]
    [InlineData("Fcm")]
    public void Providers_have_the_same_parts(string provider) =>
        Findings.AssertNone(ProviderParts
            .Select(part => $"src/Dispatcher.Core/Providers/{provider}/{provider}{part}.cs")
            .Except(Repository.SourceFiles)
            .Select(file => $"{file} is missing."));

    [Fact]
    public void Folders_and_files_are_named_after_what_is_in_them() =>
        Findings.AssertNone(Repository.SourceFiles.Where(file => Path.ChangeExtension(file, null).Split('/', '.').Any(SaysNothing.IsMatch)));

    [Theory]
    [InlineData("Dispatcher.Core")]
    [InlineData("Dispatcher.Client")]
    [InlineData("Dispatcher.Api")]
    [InlineData("Dispatcher.Worker")]
    [InlineData("Dispatcher.Cli")]
    [InlineData("Dispatcher.Simulator")]
    public void Types_are_named_after_what_they_are(string assembly) =>
        Findings.AssertNone(Assembly.Load(assembly).GetTypes()
            .Where(type => type.Namespace?.StartsWith("Dispatcher", StringComparison.Ordinal) == true) // not what generators add
            .Where(type => SaysNothing.IsMatch(type.Name.Split('`')[0]))
            .Select(type => type.FullName!));

    [Fact]
    public void Namespaces_follow_folders() =>
        Findings.AssertNone(
            from file in Repository.SourceFiles
            from declaration in Namespace.Matches(Repository.Read(file))
            let folder = file["src/".Length..file.LastIndexOf('/')]
            where declaration.Groups["name"].Value != folder.Replace('/', '.')
            select $"{file} has {declaration.Value}");

    /// <summary>But for the defaults of a library, which has no Program.</summary>
    [Fact]
    public void Clock_and_chance_come_from_outside() =>
        Findings.AssertNone(Repository.SourceFiles
            .Where(file => Path.GetFileName(file) is not ("Program.cs" or "DispatcherClientOptions.cs") && ClockOrChance.IsMatch(Repository.Read(file))));

    [GeneratedRegex("(Manager|Managers|Helper|Helpers|Util|Utils|Utilities|Base|Impl)$|^(Common|Abstractions|Misc|Shared)$")]
    private static partial Regex SaysNothing { get; }

    [GeneratedRegex(@"^namespace (?<name>[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace { get; }

    [GeneratedRegex(@"\b(TimeProvider\.System|Random\.Shared)\b")]
    private static partial Regex ClockOrChance { get; }
}
