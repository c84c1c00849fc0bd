namespace Dispatcher.Testing.Browser;

/// <summary>A test that needs Chromium; where none is installed it is skipped and says so.</summary>
public sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute()
    {
        if (Path is null)
            Skip = "No Chromium is on PATH (Debian: apt install chromium).";
    }

    /// <summary>The program.</summary>
    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator)
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => System.IO.Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);
}
