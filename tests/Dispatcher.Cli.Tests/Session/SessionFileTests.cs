using Dispatcher.Cli.Session;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.Tests.Session;

public sealed class SessionFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dispatcher-cli-tests-");

    private SessionFile File => new(Path.Combine(_folder.FullName, "own", "up.json"));

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_is_written_is_read()
    {
        var session = Session(Environment.ProcessId);
        File.Write(session);
        var read = File.Read();
        Assert.NotNull(read);
        Assert.Equal(session with { Workers = [], Apps = [] }, read with { Workers = [], Apps = [] });
        Assert.Equal(session.Workers, read.Workers);
        Assert.Equal(session.Apps, read.Apps);
    }

    [Fact]
    public void Only_the_owner_can_read_the_key()
    {
        if (OperatingSystem.IsWindows())
            return;
        File.Write(Session(Environment.ProcessId));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File.Path));
    }

    [Fact]
    public void Providers_are_named_as_everywhere_else()
    {
        File.Write(Session(Environment.ProcessId));
        Assert.Contains("\"provider\": \"apns\"", System.IO.File.ReadAllText(File.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_whose_process_has_gone_does_not_count()
    {
        File.Write(Session(int.MaxValue));
        Assert.Null(File.Read());
    }

    [Fact]
    public void A_missing_or_broken_file_is_no_session()
    {
        Assert.Null(File.Read());
        Directory.CreateDirectory(Path.GetDirectoryName(File.Path)!);
        System.IO.File.WriteAllText(File.Path, "{ nonsense");
        Assert.Null(File.Read());
    }

    [Fact]
    public void The_end_of_one_session_leaves_the_next_ones_file()
    {
        File.Write(Session(Environment.ProcessId));
        File.Remove(Environment.ProcessId + 1);
        Assert.NotNull(File.Read());
        File.Remove(Environment.ProcessId);
        Assert.Null(File.Read());
    }

    [Theory]
    [InlineData("/my/session.json", "/run/user/7", "/my/session.json")]
    [InlineData(null, "/run/user/7", "/run/user/7/dispatcher-7/up.json")]
    [InlineData(null, null, "/tmp/dispatcher-7/up.json")]
    public void It_lies_where_the_environment_says(string? given, string? runtime, string expected)
    {
        if (OperatingSystem.IsWindows())
            return;
        string? Variable(string name) => name switch { "DISPATCHER_SESSION" => given, "XDG_RUNTIME_DIR" => runtime, _ => null };
        Assert.Equal(expected, SessionFile.Of(Variable, "7").Path);
    }

    private static UpSession Session(int pid) => new(
        new Uri("http://127.0.0.1:8080"), "dk_secret", "127.0.0.1:9092", "push", Control: null, [new Uri("http://127.0.0.1:8081")],
        [new SessionApp("shop-ios", Provider.Apns)], pid);
}
