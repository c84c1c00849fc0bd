using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;

namespace Dispatcher.Core.Configuration;

/// <summary>
/// The files of a host's configuration, read again only when we say so: the host would take each change at once, with half of a file, or with
/// none of it where the file is broken.
/// </summary>
public sealed class ConfigurationFiles
{
    private readonly ConfigurationManager _host;

    /// <summary>Takes the host's files over, and adds the one that <c>--config=FILE</c> names, above the usual ones and below the environment.</summary>
    /// <param name="host">The host's configuration.</param>
    /// <exception cref="InvalidDataException">A file is not JSON; the message names it.</exception>
    /// <exception cref="FileNotFoundException">The named file does not exist.</exception>
    public ConfigurationFiles(ConfigurationManager host)
    {
        _host = host;
        IList<IConfigurationSource> sources = host.Sources;
        var last = -1;
        for (var i = 0; i < sources.Count; i++)
        {
            if (sources[i] is not JsonConfigurationSource file)
                continue;
            file.ReloadOnChange = false;
            sources[i] = file; // makes the provider anew, without its watch
            last = i;
        }

        // Of the command line only: a variable CONFIG is somebody else's.
        if (OptionOrigin.Of(host, "config") is { Name: OptionOrigin.CommandLine } && host["config"] is { Length: > 0 } path)
        {
            var named = new JsonConfigurationSource { Path = Path.GetFullPath(path), Optional = false };
            named.ResolveFileProvider();
            sources.Insert(last + 1, named);
        }
    }

    /// <summary>Reads everything as it is now: files, environment and command line. What is in force stays.</summary>
    /// <exception cref="InvalidDataException">A file is not JSON; the message names it.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public IConfigurationRoot Read()
    {
        var builder = new ConfigurationBuilder();
        foreach (var source in ((IConfigurationBuilder)_host).Sources)
            builder.Add(source);
        return builder.Build();
    }

    /// <summary>Has the host read everything, too: log levels are its business.</summary>
    public void Adopt() => ((IConfigurationRoot)_host).Reload();

    /// <summary>What the files hold now; equal texts are equal files.</summary>
    public string Content() => string.Concat(
        from file in ((IConfigurationBuilder)_host).Sources.OfType<JsonConfigurationSource>()
        let path = file.FileProvider?.GetFileInfo(file.Path ?? "")?.PhysicalPath
        select path is not null && File.Exists(path) ? $"{path}\n{File.ReadAllText(path)}\n" : $"{path} is not there\n");
}
