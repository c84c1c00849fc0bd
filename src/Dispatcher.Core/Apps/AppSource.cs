namespace Dispatcher.Core.Apps;

/// <summary>What was found where apps are configured.</summary>
/// <param name="Apps">The apps, by name; of those that are wrong, the ones that were in force.</param>
/// <param name="Problems">What is wrong; each names the app, the option and the value.</param>
public sealed record AppReading(IReadOnlyList<App> Apps, IReadOnlyList<string> Problems)
{
    /// <summary>Whether two readings found the same.</summary>
    /// <param name="other">The other one.</param>
    public bool IsSameAs(AppReading? other) => other is not null && Apps.SequenceEqual(other.Apps) && Problems.SequenceEqual(other.Problems);
}

/// <summary>Where apps are configured: a section, and a folder of files. Both can be read again.</summary>
/// <param name="section">Applications by name.</param>
/// <param name="folder">A folder of <c>{name}.json</c> files, or <see langword="null"/>.</param>
public sealed class AppSource(IReadOnlyDictionary<string, AppOptions> section, string? folder)
{
    private volatile Place _place = new(section, folder);

    /// <summary>Has the next reading look elsewhere: the configuration changed.</summary>
    /// <param name="section">Applications by name.</param>
    /// <param name="folder">A folder of <c>{name}.json</c> files, or <see langword="null"/>.</param>
    public void Replace(IReadOnlyDictionary<string, AppOptions> section, string? folder) => _place = new(section, folder);

    /// <summary>Reads everything. What is wrong with one app is no other's problem.</summary>
    /// <param name="inForce">The apps so far: one whose configuration is wrong now stays as it is.</param>
    public AppReading Read(IEnumerable<App> inForce)
    {
        var (section, folder) = _place;
        var old = inForce.ToDictionary(app => app.Name, StringComparer.Ordinal);
        var apps = new SortedDictionary<string, App>(StringComparer.Ordinal);
        var problems = new List<string>();
        void Add(string name, Func<App> read)
        {
            try
            {
                apps.Add(name, read());
            }
            catch (InvalidAppException e)
            {
                problems.Add(e.Message);
                if (old.TryGetValue(name, out var kept))
                    apps.Add(name, kept);
            }
        }

        foreach (var (name, options) in section)
            Add(name, () => AppReader.Check(name, options, Directory.GetCurrentDirectory()));
        if (Files(folder, problems) is not { } files)
        {
            foreach (var app in old.Values.Where(app => !section.ContainsKey(app.Name)))
                apps.TryAdd(app.Name, app);
            return new AppReading([.. apps.Values], problems);
        }

        foreach (var file in files)
        {
            var name = Path.GetFileNameWithoutExtension(file);
            if (section.ContainsKey(name))
                problems.Add($"App '{name}' is defined twice: under Apps and in '{file}'.");
            else
                Add(name, () => AppReader.Check(name, AppReader.ReadFile(file), Path.GetFullPath(folder!)));
        }

        return new AppReading([.. apps.Values], problems);
    }

    /// <summary>The folder's files; <see langword="null"/> when it cannot be read.</summary>
    private static IReadOnlyList<string>? Files(string? folder, List<string> problems)
    {
        if (folder is null)
            return [];
        try
        {
            if (Directory.Exists(folder))
                return [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)];
            problems.Add($"AppsFolder '{folder}' does not exist.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"AppsFolder '{folder}' cannot be read: {e.Message}");
        }

        return null;
    }

    private sealed record Place(IReadOnlyDictionary<string, AppOptions> Section, string? Folder);
}
