namespace Dispatcher.Cli.Up;

/// <summary>A folder of this run: logs, and keys that are made for it and go with it. Only its owner can look inside.</summary>
internal sealed class SessionFolder : IDisposable
{
    private SessionFolder(string path)
    {
        Path = path;
        Directory.CreateDirectory(Apps);
        Directory.CreateDirectory(Simulator);
    }

    public string Path { get; }

    public string Apps => System.IO.Path.Combine(Path, "apps");

    public string Simulator => System.IO.Path.Combine(Path, "simulator");

    public static SessionFolder Create() => new(Directory.CreateTempSubdirectory("dispatcher-up-").FullName);

    /// <summary>Where a child's output is kept.</summary>
    /// <param name="child">Its name.</param>
    public string Log(string child) => System.IO.Path.Combine(Path, $"{child.Replace(' ', '-')}.log");

    /// <summary>Removes the keys; the logs stay.</summary>
    public void Dispose()
    {
        Directory.Delete(Apps, recursive: true);
        Directory.Delete(Simulator, recursive: true);
    }
}
