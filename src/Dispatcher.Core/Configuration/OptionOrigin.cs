using Microsoft.Extensions.Configuration;

namespace Dispatcher.Core.Configuration;

/// <summary>Where a value comes from.</summary>
/// <param name="Name">In words: a file's name, <c>environment</c>, <c>command line</c>, <c>default</c>.</param>
/// <param name="IsOurs">Whether everything there is meant for us: files and command lines are, the environment is not.</param>
public readonly record struct OptionOrigin(string Name, bool IsOurs)
{
    /// <summary>The command line, which every user of the machine can read.</summary>
    public const string CommandLine = "command line";

    /// <summary>What the code says.</summary>
    public const string Default = "default";

    /// <summary>Whether it is a file, which is copied, committed and backed up.</summary>
    public bool IsFile => IsOurs && Name != CommandLine;

    internal static OptionOrigin Of(IConfigurationProvider provider) => provider switch
    {
        FileConfigurationProvider file => new(Path.GetFileName(file.Source.Path ?? "file"), IsOurs: true),
        _ when provider.GetType().Name.StartsWith("CommandLine", StringComparison.Ordinal) => new(CommandLine, IsOurs: true),
        _ when provider.GetType().Name.StartsWith("EnvironmentVariables", StringComparison.Ordinal) => new("environment", IsOurs: false),
        _ => new("host", IsOurs: false),
    };

    internal static OptionOrigin Of(IConfigurationRoot root, string path) =>
        root.Providers.Reverse().FirstOrDefault(provider => provider.TryGet(path, out _)) is { } provider ? Of(provider) : new(Default, IsOurs: false);
}
