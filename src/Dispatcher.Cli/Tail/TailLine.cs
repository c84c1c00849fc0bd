namespace Dispatcher.Cli.Tail;

/// <summary>A record as <c>tail</c> shows it.</summary>
/// <param name="At">When what it tells of happened.</param>
/// <param name="App">The app, where the record has one.</param>
/// <param name="Outcome">The outcome as scripts read it, <c>notSent</c>; <see langword="null"/> for a dead token.</param>
/// <param name="Reason">Why; <see langword="null"/> where there is nothing to explain.</param>
/// <param name="Id">The push.</param>
internal sealed record TailLine(DateTimeOffset At, string? App, string? Outcome, string? Reason, Guid? Id)
{
    /// <summary>What a person reads first: the word that is coloured on a terminal.</summary>
    public required string Word { get; init; }

    /// <summary>The rest of the line, in the order of importance: a narrow screen cuts it.</summary>
    public required IReadOnlyList<string?> Rest { get; init; }

    /// <summary>The line for scripts.</summary>
    public required string Json { get; init; }
}
