using Dispatcher.Cli.Output;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>The file of an import. It is read twice, so standard input is kept in one of its own meanwhile, which only its owner may read.</summary>
internal sealed class ImportInput : IDisposable
{
    private readonly bool _isOurs;

    private ImportInput(string path, bool isOurs) => (Path, _isOurs) = (path, isOurs);

    public string Path { get; }

    public static async Task<ImportInput> OpenAsync(string path, Terminal terminal, CancellationToken cancellationToken)
    {
        if (path != "-")
            return new ImportInput(path, isOurs: false);
        var input = new ImportInput(System.IO.Path.GetTempFileName(), isOurs: true); // made for its owner only
        try
        {
            await using var file = File.OpenWrite(input.Path);
            await using var standardInput = terminal.In();
            await standardInput.CopyToAsync(file, cancellationToken);
            return input;
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_isOurs)
            File.Delete(Path);
    }
}
