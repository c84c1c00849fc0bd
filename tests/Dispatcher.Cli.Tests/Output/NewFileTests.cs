using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.Tests.Output;

public sealed class NewFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dispatcher-newfile-");

    private string Name => Path.Combine(_folder.FullName, "file");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Until_it_is_complete_there_is_none()
    {
        using (var file = NewFile.Create(Name, overwrite: false))
            file.Stream.WriteByte(1);
        Assert.Empty(_folder.GetFiles());
    }

    [Fact]
    public void Complete_it_is_there_and_only_its_owner_may_read_it()
    {
        using (var file = NewFile.Create(Name, overwrite: false))
        {
            file.Stream.WriteByte(1);
            file.Keep();
        }

        Assert.Equal([1], File.ReadAllBytes(Name));
        Assert.Single(_folder.GetFiles());
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Name));
    }

    [Fact]
    public void One_that_somebody_writes_meanwhile_is_not_overwritten()
    {
        using var file = NewFile.Create(Name, overwrite: false);
        File.WriteAllText(Name, "precious");
        Assert.Throws<CommandFailedException>(file.Keep);
        Assert.Equal("precious", File.ReadAllText(Name));
    }
}
