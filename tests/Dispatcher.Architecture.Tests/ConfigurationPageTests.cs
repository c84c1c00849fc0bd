using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Dispatcher.Core.Configuration;

namespace Dispatcher.Architecture.Tests;

/// <summary>
/// docs/configuration.md against the options classes. A section of that page says with a comment which class it describes, and has a
/// table whose first two columns are the option and its default.
/// </summary>
public sealed partial class ConfigurationPageTests
{
    private static readonly string Page = Repository.Read("docs/configuration.md").ReplaceLineEndings("\n");

    /// <summary>Every class of ours that configuration is bound to. The command line's own options are described by its help.</summary>
    private static readonly Type[] OptionsClasses =
    [
        .. new[] { "Dispatcher.Core", "Dispatcher.Api", "Dispatcher.Worker" }
            .SelectMany(name => Assembly.Load(name).GetTypes())
            .Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal)),
    ];

    public static TheoryData<string> OptionsClassNames => [.. OptionsClasses.Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(OptionsClassNames))]
    public void Every_option_has_a_row_and_every_row_an_option(string name) =>
        Assert.Equal(Options(name).Select(option => option.Name).Order(), Rows(name).Keys.Order());

    [Theory]
    [MemberData(nameof(OptionsClassNames))]
    public void Rows_state_the_default_that_the_code_has(string name)
    {
        var untouched = Activator.CreateInstance(OptionsClasses.Single(type => type.Name == name), nonPublic: true)!;
        var rows = Rows(name);

        Assert.All(Options(name), option =>
        {
            var stated = rows[option.Name];
            if (Text(option.GetValue(untouched)) is { } value)
                Assert.Equal($"`{value}`", stated);
            else
                Assert.True(stated is "required" or "none", $"{option.Name} has no default, but its row says {stated}.");
        });
    }

    [Theory]
    [MemberData(nameof(OptionsClassNames))]
    public void Rows_say_what_is_put_in_force_without_a_restart(string name)
    {
        var section = SectionOf(name);
        var columns = Header.Match(section).Groups["columns"].Value.Split('|', StringSplitOptions.TrimEntries);
        var at = Array.IndexOf(columns, "Live");
        string[] live =
        [
            .. from row in Row.Matches(section)
               let line = section[row.Index..section.IndexOf('\n', row.Index)]
               where at >= 0 && line.Split('|', StringSplitOptions.TrimEntries)[at + 1] == "live"
               select row.Groups["option"].Value,
        ];

        Assert.Equal(Options(name).Where(IsLive).Select(option => option.Name).Order(), live.Order());
    }

    /// <summary>The files of both programs are read whole: an options class that neither reads is described for nobody.</summary>
    [Theory]
    [InlineData("Dispatcher.Api", "Dispatcher.Api.Configuration.ApiConfiguration")]
    [InlineData("Dispatcher.Worker", "Dispatcher.Worker.Configuration.WorkerConfiguration")]
    public void Both_programs_have_every_options_class_of_theirs_in_one_configuration(string assembly, string configuration)
    {
        var read = Reached(Assembly.Load(assembly).GetType(configuration, throwOnError: true)!.GetProperties().Select(property => property.PropertyType)).ToHashSet();

        Findings.AssertNone(OptionsClasses.Where(type => type.Assembly.GetName().Name == assembly && !read.Contains(type)).Select(type => $"{configuration} does not read {type.Name}"));
    }

    private static IEnumerable<Type> Reached(IEnumerable<Type> types) => types
        .SelectMany(type => type.IsGenericType ? type.GetGenericArguments() : [type])
        .Where(OptionsClasses.Contains)
        .SelectMany(type => Reached(OptionTree.Options(type).Select(option => option.PropertyType)).Prepend(type));

    private static bool IsLive(PropertyInfo option)
    {
        var type = option.PropertyType;
        var element = type.IsGenericType ? type.GetGenericArguments()[^1] : type;
        return ((MemberInfo[])[option, option.DeclaringType!, element]).Any(member => member.IsDefined(typeof(LiveAttribute)));
    }

    private static IEnumerable<PropertyInfo> Options(string name)
    {
        var type = OptionsClasses.Single(type => type.Name == name);
        return OptionTree.Options(type);
    }

    private static Dictionary<string, string> Rows(string name) =>
        Row.Matches(SectionOf(name)).ToDictionary(row => row.Groups["option"].Value, row => row.Groups["default"].Value);

    private static string SectionOf(string name)
    {
        var section = Section.Split(Page).SingleOrDefault(text => text.Contains($"<!-- {name} -->", StringComparison.Ordinal));
        Assert.True(section is not null, $"docs/configuration.md has no section with the comment <!-- {name} -->.");
        return section + "\n";
    }

    private static string? Text(object? value) => value switch
    {
        null or "" => null,
        string text => text,
        bool flag => flag ? "true" : "false",
        IEnumerable items => items.Cast<object>().Any() ? string.Join(",", items.Cast<object>()) : null,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    [GeneratedRegex("^(?=## )", RegexOptions.Multiline)]
    private static partial Regex Section { get; }

    // | Option | Default | …
    [GeneratedRegex(@"^\|(?<columns> Option \|.*)\|$", RegexOptions.Multiline)]
    private static partial Regex Header { get; }

    // | `Section:{name}:Option` | default | …
    [GeneratedRegex(@"^\| `(?:[\w{}]+:)*(?<option>\w+)(?::\{\w+\})?` \| (?<default>[^|]*?) \|", RegexOptions.Multiline)]
    private static partial Regex Row { get; }
}
