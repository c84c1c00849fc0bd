using System.Diagnostics;
using System.Text.Json;

namespace Dispatcher.Cli.Session;

/// <summary>The file in which <c>up</c> leaves its session. It holds an API key, so only its owner may read it.</summary>
/// <param name="path">Where it is.</param>
internal sealed class SessionFile(string path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Path { get; } = path;

    /// <summary>Where this user's session is: <c>$DISPATCHER_SESSION</c>, or a folder of the user's own.</summary>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="userId">The user's number.</param>
    public static SessionFile Of(Func<string, string?> environment, string userId)
    {
        if (environment("DISPATCHER_SESSION") is { Length: > 0 } given)
            return new SessionFile(given);
        var root = environment("XDG_RUNTIME_DIR") is { Length: > 0 } runtime ? runtime
            : OperatingSystem.IsWindows() ? System.IO.Path.GetTempPath()
            : "/tmp";
        return new SessionFile(System.IO.Path.Combine(root, $"dispatcher-{userId}", "up.json"));
    }

    /// <summary>The session, when there is one and its process is alive.</summary>
    public UpSession? Read()
    {
        try
        {
            using var stream = File.OpenRead(Path);
            var session = JsonSerializer.Deserialize(stream, SessionJson.Default.UpSession);
            return session is not null && IsAlive(session.Pid) ? session : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null; // as good as none: the error line that follows says what to give instead
        }
    }

    /// <summary>Writes it; readers see the old file or the whole new one.</summary>
    /// <param name="session">The session.</param>
    public void Write(UpSession session)
    {
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);

        var draft = $"{Path}.{session.Pid}";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using (var stream = new FileStream(draft, options))
            JsonSerializer.Serialize(stream, session, SessionJson.Default.UpSession);
        File.Move(draft, Path, overwrite: true);
    }

    /// <summary>Removes it, unless another session has taken its place.</summary>
    /// <param name="pid">Whose session ends.</param>
    public void Remove(int pid)
    {
        if (Read()?.Pid == pid)
            File.Delete(Path);
    }

    private static bool IsAlive(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
