using System.Collections;
using Microsoft.Extensions.Configuration;

namespace Dispatcher.Core.Configuration;

/// <summary>What a configuration names and nobody reads: a slip, whose default would be in force without a word.</summary>
internal static class UnknownNames
{
    /// <summary>What is wrong below a section.</summary>
    /// <param name="section">The section.</param>
    /// <param name="type">What it is bound to.</param>
    public static IEnumerable<string> Problems(IConfigurationSection section, Type type)
    {
        if (OptionTree.IsValue(type))
            return section.GetChildren().Select(child => $"{child.Path} is no option: {section.Path} is a single value.");
        if (Element(type) is { } element)
            return section.GetChildren().SelectMany(child => Problems(child, element));
        var options = OptionTree.Options(type).ToDictionary(option => option.Name, StringComparer.OrdinalIgnoreCase);
        return section.GetChildren().SelectMany(child => options.TryGetValue(child.Key, out var option)
            ? Problems(child, option.PropertyType)
            : [$"{child.Path} is no option{Hint(child.Key, options.Keys, $"{section.Path}:")}."]);
    }

    /// <summary>What is wrong with the names at the top of files and of command lines; the environment belongs to everybody.</summary>
    /// <param name="root">The configuration.</param>
    public static IEnumerable<string> Problems(IConfigurationRoot root) =>
        from provider in root.Providers
        let place = OptionOrigin.Of(provider)
        where place.IsOurs
        from name in provider.GetChildKeys([], null).Distinct(StringComparer.OrdinalIgnoreCase)
        where !Sections.Know(name)
        select $"{name} ({place.Name}) is no section{Hint(name, Sections.Ours, "")}.";

    private static string Hint(string name, IEnumerable<string> names, string prefix)
    {
        var nearest = NearestName.To(name.ToUpperInvariant(), names.Select(known => known.ToUpperInvariant()));
        return names.FirstOrDefault(known => known.Equals(nearest, StringComparison.OrdinalIgnoreCase)) is { } meant ? $"; {prefix}{meant} is near" : "";
    }

    private static Type? Element(Type type) =>
        type.IsArray ? type.GetElementType()
        : type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type) ? type.GetGenericArguments()[^1]
        : null;
}
