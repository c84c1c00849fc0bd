namespace Dispatcher.Api.Tests.Dashboard;

/// <summary>A test that needs Node.js; where none is installed it is skipped and says so.</summary>
public sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute()
    {
        if (Path is null)
            Skip = "No Node.js is on PATH.";
    }

    /// <summary>The program.</summary>
    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator)
        .Select(folder => System.IO.Path.Combine(folder, "node"))
        .FirstOrDefault(File.Exists);

    /// <summary>The checkout.</summary>
    public static string Repository { get; } = FindRepository();

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "Dispatcher.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }
}
