namespace Dispatcher.Cli.Output;

/// <summary>
/// A file that is there whole or not at all: it is written under another name beside it, and renamed when it is complete. Only its owner may
/// read it, since what is written so holds secrets of others.
/// </summary>
internal sealed class NewFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly bool _overwrite;
    private bool _kept;

    private NewFile(string path, string temporary, bool overwrite, FileStream stream) =>
        (_path, _temporary, _overwrite, Stream) = (path, temporary, overwrite, stream);

    public FileStream Stream { get; }

    /// <summary>Begins one.</summary>
    /// <param name="path">Its name in the end.</param>
    /// <param name="overwrite">Whether there may be such a file.</param>
    /// <exception cref="CommandFailedException">There is, or it cannot be written.</exception>
    public static NewFile Create(string path, bool overwrite)
    {
        if (!overwrite && File.Exists(path))
            throw Exists(path);
        var temporary = $"{path}.{Environment.ProcessId}.partial";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            return new NewFile(path, temporary, overwrite, new FileStream(temporary, options));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandFailedException($"cannot write '{path}': {e.Message}", ExitCode.Usage);
        }
    }

    /// <summary>It is complete.</summary>
    /// <exception cref="CommandFailedException">Somebody else has written such a file meanwhile, or it cannot be renamed.</exception>
    public void Keep()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        try
        {
            File.Move(_temporary, _path, _overwrite);
            _kept = true;
        }
        catch (IOException e)
        {
            throw File.Exists(_path) && !_overwrite ? Exists(_path) : new CommandFailedException($"cannot write '{_path}': {e.Message}");
        }
    }

    public void Dispose()
    {
        Stream.Dispose();
        if (!_kept)
            File.Delete(_temporary);
    }

    private static CommandFailedException Exists(string path) =>
        new($"'{path}' exists: give another name, or --force to overwrite it.", ExitCode.Usage);
}
