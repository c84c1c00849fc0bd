using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

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

    /// <summary>Options are stored values; what is computed from them has no field behind it.</summary>
    private static IEnumerable<PropertyInfo> Options(string name)
    {
        var type = OptionsClasses.Single(type => type.Name == name);
        return type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is { IsPublic: true }
                || property.GetMethod!.IsDefined(typeof(CompilerGeneratedAttribute)));
    }

    private static Dictionary<string, string> Rows(string name)
    {
        var section = Section.Split(Page).SingleOrDefault(text => text.Contains($"<!-- {name} -->", StringComparison.Ordinal));
        Assert.True(section is not null, $"docs/configuration.md has no section with the comment <!-- {name} -->.");
        return Row.Matches(section).ToDictionary(row => row.Groups["option"].Value, row => row.Groups["default"].Value);
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

    // | `Section:{name}:Option` | default | …
    [GeneratedRegex(@"^\| `(?:[\w{}]+:)*(?<option>\w+)(?::\{\w+\})?` \| (?<default>[^|]*?) \|", RegexOptions.Multiline)]
    private static partial Regex Row { get; }
}
