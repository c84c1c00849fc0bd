using System.CommandLine;
using Dispatcher.Core.Configuration;

namespace Dispatcher.Cli.Output;

/// <summary>What is wrong with a command line, in one line.</summary>
internal static class UsageProblem
{
    /// <summary>The line: what is wrong, what was probably meant, and where the help is.</summary>
    /// <param name="parsed">A command line with errors.</param>
    public static string Of(ParseResult parsed)
    {
        var problem = parsed.UnmatchedTokens is [var token, ..] ? Unknown(token, parsed.CommandResult.Command) : parsed.Errors[0].Message;
        var line = string.Join(' ', problem.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)); // some have several
        return $"{line} See {Path(parsed.CommandResult.Command)} --help.";
    }

    private static string Unknown(string token, Command command)
    {
        var names = token.StartsWith('-')
            ? Family(command).SelectMany(each => each.Options.Where(option => each == command || option.Recursive)).Select(option => option.Name)
            : command.Subcommands.Select(subcommand => subcommand.Name);
        var meant = NearestName.To(token.Split('=', ':')[0], names);
        return $"'{token}' is no command or option here{(meant is null ? "." : $"; did you mean {meant}?")}";
    }

    private static string Path(Command command) => string.Join(' ', Family(command).Reverse().Select(each => each is RootCommand ? "dispatcher" : each.Name));

    /// <summary>A command, its parent, and so on.</summary>
    private static IEnumerable<Command> Family(Command command)
    {
        for (var at = command; at is not null; at = at.Parents.OfType<Command>().FirstOrDefault())
            yield return at;
    }
}
