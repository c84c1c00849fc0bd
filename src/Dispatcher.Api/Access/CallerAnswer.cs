using Dispatcher.Api.Pushes;

namespace Dispatcher.Api.Access;

/// <summary>Who calls, or why that cannot be said.</summary>
/// <param name="Caller">Who calls.</param>
/// <param name="Refusal">Otherwise, what to answer.</param>
/// <param name="Cause">And the word for it in figures.</param>
internal readonly record struct CallerAnswer(Caller? Caller, Problem? Refusal = null, string Cause = "")
{
    /// <summary>A refusal.</summary>
    /// <param name="refusal">What to answer.</param>
    /// <param name="cause">The word for it in figures; one of a few.</param>
    public static CallerAnswer Refused(Problem refusal, string cause) => new(null, refusal, cause);
}
