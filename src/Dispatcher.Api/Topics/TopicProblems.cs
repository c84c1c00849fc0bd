using Dispatcher.Api.Pushes;
using Dispatcher.Core.Sending;

namespace Dispatcher.Api.Topics;

/// <summary>Every problem that requests about subscriptions can answer with beside those of <c>POST /push</c>; docs/errors.md has each by its type.</summary>
internal static class TopicProblems
{
    public static readonly Problem NoSuchApp =
        new(404, "no-such-app", "There is no such app", "The path must name an FCM app of yours.");

    /// <summary>Configuration that nobody needed so far.</summary>
    /// <param name="message">What is wrong with it.</param>
    public static Problem Misconfigured(string message) => new(500, "app-misconfigured", "The app's credential cannot be used", message);

    /// <summary>Why FCM did not do it. Whatever it did, doing it again does no harm.</summary>
    /// <param name="outcome">What came of the request.</param>
    public static Problem Of(SendOutcome outcome) => outcome switch
    {
        SendOutcome.Rejected or SendOutcome.Misconfigured => new(502, "provider-refused", "FCM refuses the request", $"{outcome.Reason}."),
        SendOutcome.Ambiguous => new(504, "provider-silent", "FCM did not answer", "It may have done what was asked. Send the same request again."),
        _ => new(503, "provider-unavailable", "FCM cannot at the moment", $"{outcome.Reason}. Send the same request again later.")
        {
            RetryAfter = (int)Math.Clamp(Math.Ceiling((outcome.RetryAfter ?? TimeSpan.Zero).TotalSeconds), 1, 3600),
        },
    };
}
