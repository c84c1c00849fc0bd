using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Dispatcher.Core.Configuration;

/// <summary>Every option that an object of options has, defaults included.</summary>
public static class OptionTree
{
    /// <summary>The options' values, in the order of their properties.</summary>
    /// <param name="path">Where the object stands in the configuration.</param>
    /// <param name="options">The object, or a dictionary of such.</param>
    public static IEnumerable<OptionValue> Values(string path, object options) => Values(path, options, isLive: false, secret: null);

    /// <summary>The options of a class. They are stored values; what is computed from them has no field behind it.</summary>
    /// <param name="type">The class.</param>
    public static IEnumerable<PropertyInfo> Options(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.SetMethod is { IsPublic: true } || property.GetMethod!.IsDefined(typeof(CompilerGeneratedAttribute)))
        .Where(property => property.Name != "EqualityContract");

    /// <summary>Whether a type is a value of one option, and not an object that has options.</summary>
    /// <param name="type">The type.</param>
    public static bool IsValue(Type type) =>
        type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(Uri) || typeof(IFormattable).IsAssignableFrom(type)
        || (Nullable.GetUnderlyingType(type) is { } underlying && IsValue(underlying));

    /// <summary>A value as the configuration would have it; empty for none.</summary>
    /// <param name="value">The value.</param>
    public static string Text(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        DateTimeOffset instant => instant.ToString("O", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static IEnumerable<OptionValue> Values(string path, object? options, bool isLive, SecretAttribute? secret)
    {
        if (options is null || IsValue(options.GetType()))
            return [new OptionValue(path, Text(options), isLive, secret is { ByName: false })];
        if (options is IDictionary dictionary)
        {
            return dictionary.Keys.Cast<string>().Order(StringComparer.Ordinal)
                .SelectMany(key => Values($"{path}:{key}", dictionary[key], isLive, secret is { ByName: true } ? SecretText.IsSecret(key) ? new() : null : secret));
        }

        if (options is IEnumerable list)
            return list.Cast<object>().SelectMany((item, at) => Values($"{path}:{at.ToString(CultureInfo.InvariantCulture)}", item, isLive, secret));
        var isLiveClass = isLive || options.GetType().IsDefined(typeof(LiveAttribute));
        return Options(options.GetType()).SelectMany(property => Values(
            $"{path}:{property.Name}",
            property.GetValue(options),
            isLiveClass || property.IsDefined(typeof(LiveAttribute)),
            secret ?? property.GetCustomAttribute<SecretAttribute>()));
    }
}
