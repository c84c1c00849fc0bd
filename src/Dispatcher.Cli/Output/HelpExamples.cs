using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Dispatcher.Cli.Output;

/// <summary>A command whose help ends with lines that a reader can paste.</summary>
/// <param name="name">What to type.</param>
/// <param name="description">One sentence.</param>
/// <param name="examples">Whole command lines.</param>
internal sealed class CommandWithExamples(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples { get; } = examples;
}

/// <summary>The ordinary help, and below it the examples.</summary>
/// <param name="help">The ordinary help.</param>
internal sealed class HelpExamples(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var result = help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is not CommandWithExamples command)
            return result;

        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var line in command.Examples)
            output.WriteLine($"  {line}");
        output.WriteLine();
        return result;
    }
}
