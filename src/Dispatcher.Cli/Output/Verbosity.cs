using System.CommandLine;

namespace Dispatcher.Cli.Output;

/// <summary>The option that every command has.</summary>
internal static class Verbosity
{
    public static Option<bool> Option { get; } =
        new("--verbose") { Description = "Say more: children's logs, Kafka's own log, stack traces", Recursive = true };
}
