using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Dispatcher.Core.Apps;

/// <summary>Every configured application, by name. All of them are replaced at once; who asks twice may get two answers.</summary>
public sealed class AppCatalog
{
    private const int LongestPeek = 256;

    private volatile Snapshot _current;

    private AppCatalog(IEnumerable<App> apps) => _current = new Snapshot(apps);

    /// <summary>The applications, in no particular order.</summary>
    public IReadOnlyCollection<App> Apps => _current.Apps.Values;

    /// <summary>Finds an application; names are case-sensitive.</summary>
    /// <param name="name">The name that the caller used.</param>
    /// <param name="app">The application.</param>
    public bool TryGet(string name, [NotNullWhen(true)] out App? app) => _current.Apps.TryGetValue(name, out app);

    /// <summary>The configured name that equals a text, so that no text of a caller's making is kept; empty when there is none.</summary>
    /// <param name="utf8">The text.</param>
    public string NameOf(ReadOnlySpan<byte> utf8)
    {
        Span<char> text = stackalloc char[LongestPeek];
        return utf8.Length <= LongestPeek && Encoding.UTF8.TryGetChars(utf8, text, out var length)
            && _current.ByText.TryGetValue(text[..length], out var app)
                ? app.Name
                : "";
    }

    /// <summary>Checks the configured section and the files of a folder, and makes one catalog of both.</summary>
    /// <param name="section">Applications by name.</param>
    /// <param name="folder">A folder of <c>{name}.json</c> files, or <see langword="null"/>.</param>
    /// <exception cref="InvalidAppException">An application is wrong, defined twice, or a file cannot be read; the message names it.</exception>
    public static AppCatalog Load(IReadOnlyDictionary<string, AppOptions> section, string? folder) => Load(new AppSource(section, folder));

    /// <summary>Checks what is configured and makes a catalog of it.</summary>
    /// <param name="source">Where it is configured.</param>
    /// <exception cref="InvalidAppException">Something is wrong; the message names it.</exception>
    public static AppCatalog Load(AppSource source)
    {
        var reading = source.Read([]);
        return reading.Problems is [var problem, ..] ? throw new InvalidAppException(problem) : new AppCatalog(reading.Apps);
    }

    /// <summary>Puts other applications in force.</summary>
    /// <param name="apps">All of them.</param>
    internal void Replace(IEnumerable<App> apps) => _current = new Snapshot(apps);

    private sealed class Snapshot
    {
        public Snapshot(IEnumerable<App> apps)
        {
            Apps = apps.ToDictionary(app => app.Name, StringComparer.Ordinal);
            ByText = Apps.GetAlternateLookup<ReadOnlySpan<char>>();
        }

        public Dictionary<string, App> Apps { get; }

        public Dictionary<string, App>.AlternateLookup<ReadOnlySpan<char>> ByText { get; }
    }
}
