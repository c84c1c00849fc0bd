namespace Dispatcher.Client;

/// <summary>A message was not accepted, or nobody knows. The message of the exception is the whole problem on one line.</summary>
/// <param name="problem">Why.</param>
public sealed class DispatcherException(Problem problem) : Exception(problem.ToString())
{
    /// <summary>Why.</summary>
    public Problem Problem { get; } = problem;
}
