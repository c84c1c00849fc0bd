namespace Dispatcher.Cli.Http;

/// <summary>What became of one <c>POST /push</c>: a closed set.</summary>
internal abstract record PostAnswer
{
    private PostAnswer()
    {
    }

    /// <summary>202: Kafka has every push of it.</summary>
    /// <param name="Pushes">Their ids.</param>
    public sealed record Accepted(IReadOnlyList<Guid> Pushes) : PostAnswer;

    /// <summary>The request is wrong; the same again would be refused again.</summary>
    /// <param name="Problem">Why.</param>
    public sealed record Refused(Problem Problem) : PostAnswer;

    /// <summary>429 or 503: later, perhaps.</summary>
    /// <param name="Problem">Why.</param>
    /// <param name="RetryAfter">How much later, where the API said so.</param>
    public sealed record Busy(Problem Problem, TimeSpan? RetryAfter) : PostAnswer;

    /// <summary>Kafka failed half-way: posting it all again would send some twice.</summary>
    /// <param name="Problem">Why.</param>
    /// <param name="Pushes">Those that Kafka has.</param>
    public sealed record Partial(Problem Problem, IReadOnlyList<Guid> Pushes) : PostAnswer;

    /// <summary>No connection: the request certainly was not taken.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Unreachable(string Reason) : PostAnswer;

    /// <summary>It left and no answer came: it may have been taken.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record NoAnswer(string Reason) : PostAnswer;
}
