using Dispatcher.Chaos.Stage;

namespace Dispatcher.Chaos.Books;

/// <summary>What a program must not do, whatever befalls it.</summary>
internal static class Complaints
{
    private const int MaxPerProgram = 5;

    /// <summary>Errors that it logged (an operator would have to act), an end that nobody asked for, a bad end.</summary>
    public static IEnumerable<string> Of(ChildProgram program)
    {
        var errors = program.Lines.Select(LogLine.Read).OfType<LogLine>().Where(line => line.Level is "fail" or "crit").Take(MaxPerProgram);
        foreach (var error in errors)
            yield return $"{program.Name} {program.Id} {error.At:HH:mm:ss.fff}: {error.Text}";
        if (program is { HasExited: true, IsToEnd: false })
            yield return $"{program.Name} {program.Id} ended by itself with {program.ExitCode}: {string.Join('\n', program.Lines.TakeLast(20))}";
        else if (program is { HasExited: true, IsKilled: false } and not { ExitCode: 0 })
            yield return $"{program.Name} {program.Id} ended with {program.ExitCode} when asked to stop: {string.Join('\n', program.Lines.TakeLast(20))}";
    }
}
