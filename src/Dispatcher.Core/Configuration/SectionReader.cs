using Microsoft.Extensions.Configuration;

namespace Dispatcher.Core.Configuration;

/// <summary>Reads sections as objects, and keeps every problem with them instead of stopping at the first. What it reads, it can show.</summary>
/// <param name="root">The configuration.</param>
public sealed class SectionReader(IConfigurationRoot root)
{
    private readonly List<string> _problems = [.. UnknownNames.Problems(root)];
    private readonly List<OptionValue> _values = [];

    /// <summary>What is wrong so far; each names the option and the value.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Secrets that stand in a file which is copied, committed and backed up.</summary>
    public IEnumerable<string> Warnings =>
        from value in Secrets(_values)
        let origin = Origin(value.Path)
        where origin.IsFile
        select $"{value.Path} is a secret and stands in {origin.Name}; give it in the environment, or as a file of its own.";

    /// <summary>Every option that was read, as it is in effect.</summary>
    public IReadOnlyList<OptionValue> Values => _values;

    /// <summary>Reads a section; where it does not bind, the defaults stand in for it, and a problem says so.</summary>
    /// <typeparam name="T">The section's options.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="validate">What is wrong with the options.</param>
    public T Section<T>(string name, Func<T, IEnumerable<string>>? validate = null)
        where T : class, new() => Section(name, new T(), validate);

    /// <summary>Reads a section over what is in an object already.</summary>
    /// <typeparam name="T">The section's options.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="options">The object.</param>
    /// <param name="validate">What is wrong with the options.</param>
    public T Section<T>(string name, T options, Func<T, IEnumerable<string>>? validate = null)
        where T : class
    {
        RequireKnown(name);
        var section = root.GetSection(name);
        _problems.AddRange(UnknownNames.Problems(section, typeof(T)));
        try
        {
            section.Bind(options);
        }
        catch (InvalidOperationException e)
        {
            // What is wrong inside an element, the binder says in the inner exception.
            _problems.Add((e.InnerException as InvalidOperationException ?? e).Message);
            return options;
        }

        OptionValue[] values = [.. OptionTree.Values(name, options)];
        _values.AddRange(values);
        _problems.AddRange(
            from value in Secrets(values)
            where Origin(value.Path).Name == OptionOrigin.CommandLine
            select $"{value.Path} is a secret, and every user of the machine can read the command line; give it in the environment, or as a file.");
        _problems.AddRange(validate?.Invoke(options) ?? []);
        return options;
    }

    /// <summary>Reads the sections below one, each as an object that begins with its defaults.</summary>
    /// <typeparam name="T">The options of each.</typeparam>
    /// <param name="name">The section above them.</param>
    /// <param name="defaults">Makes an object with what holds where a section says nothing.</param>
    /// <param name="validate">What is wrong with the options of one, whose section is given.</param>
    public IReadOnlyDictionary<string, T> Each<T>(string name, Func<T> defaults, Func<T, string, IEnumerable<string>> validate)
        where T : class => root.GetSection(name).GetChildren().ToDictionary(
            child => child.Key,
            child => Section(child.Path, defaults(), options => validate(options, child.Path)),
            StringComparer.Ordinal);

    /// <summary>Reads a value that stands in no section; <see langword="null"/> when there is none.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="isLive">Whether a change is put in force without a restart.</param>
    public string? Value(string name, bool isLive = false)
    {
        RequireKnown(name);
        var value = root[name] is { Length: > 0 } text ? text : null;
        _values.Add(new OptionValue(name, value ?? "", isLive, IsSecret: false));
        return value;
    }

    /// <summary>Reads every value below a section that somebody else binds.</summary>
    /// <param name="name">The section.</param>
    /// <param name="isLive">Whether a change of a value, by its path, is put in force without a restart.</param>
    /// <param name="problem">What is wrong with a value, if anything is.</param>
    public void Foreign(string name, Func<string, bool> isLive, Func<OptionValue, string?> problem)
    {
        RequireKnown(name);
        foreach (var (path, value) in root.GetSection(name).AsEnumerable().Where(pair => pair.Value is not null).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var option = new OptionValue(path, value!, isLive(path), IsSecret: false);
            _values.Add(option);
            if (problem(option) is { } wrong)
                _problems.Add(wrong);
        }
    }

    /// <summary>Adds what is wrong between sections.</summary>
    /// <param name="problems">Each names the options and the values.</param>
    public void Add(IEnumerable<string> problems) => _problems.AddRange(problems);

    /// <summary>Where an option's value comes from.</summary>
    /// <param name="path">The option's whole name.</param>
    public OptionOrigin Origin(string path) => OptionOrigin.Of(root, path);

    /// <summary>A key's hash is made to be written down.</summary>
    private static IEnumerable<OptionValue> Secrets(IEnumerable<OptionValue> values) =>
        values.Where(value => value.IsSecret && value.Value.Length > 0 && !value.Path.EndsWith(":Sha256", StringComparison.OrdinalIgnoreCase));

    private static void RequireKnown(string name)
    {
        if (!Sections.Know(name.Split(':')[0]))
            throw new ArgumentException($"'{name}' must be one of the known sections.", nameof(name));
    }
}
