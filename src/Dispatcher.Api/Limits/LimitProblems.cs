using Dispatcher.Api.Pushes;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Api.Limits;

/// <summary>What is said to a tenant that asks for too much; docs/errors.md has each by its type.</summary>
internal static class LimitProblems
{
    private const int LongestWait = 3600;

    public static readonly Problem TooManyRequests = new(
        429, "too-many-requests", "Too many requests are under way", "Wait for answers before you send more.")
    {
        RetryAfter = 1,
    };

    /// <summary>A lane has too much waiting. Urgent pushes are taken for longer than bulk, so these are asked to stay away for longer.</summary>
    /// <param name="lane">The lane.</param>
    public static Problem Backlog(Lane lane) => new(
        503,
        "backlog",
        "Too many pushes wait already",
        $"Nothing was accepted: {lane} has as many pushes that are not sent yet as it may. Send the same request again later.")
    {
        RetryAfter = lane.Class == PushClass.Urgent ? 2 : 5,
    };

    /// <summary>Whether a batch does better to wait a little than to have its line refused.</summary>
    /// <param name="problem">What the line was refused for.</param>
    public static bool MayPass(Problem? problem) => problem?.Type is "overloaded" or "rate-exceeded" or "backlog";

    /// <summary>The rate does not allow it.</summary>
    /// <param name="pushes">How many pushes the request has.</param>
    /// <param name="perSecond">The rate.</param>
    /// <param name="wait">In how long it may.</param>
    public static Problem RateExceeded(int pushes, double perSecond, TimeSpan wait) => new(
        429,
        "rate-exceeded",
        "More pushes than the tenant's rate allows",
        $"Nothing was accepted of {pushes:N0}; the rate is {perSecond:N0} a second. Send the same request again later.")
    {
        RetryAfter = (int)Math.Clamp(Math.Ceiling(wait.TotalSeconds), 1, LongestWait),
    };

    /// <summary>The body is larger than the tenant's may be.</summary>
    /// <param name="bytes">What it may have.</param>
    public static Problem TooLarge(int bytes) => Problems.TooLarge with { Detail = $"A request of yours may have {bytes:N0} bytes; split its targets over several." };
}
