using Dispatcher.Api.Pushes;
using Dispatcher.Core.Sending;

namespace Dispatcher.Api.Channels;

/// <summary>Every problem that the management of channels can answer with beside those of <c>POST /push</c>; docs/errors.md has each by its type.</summary>
internal static class ChannelProblems
{
    public static readonly Problem NoSuchApp =
        new(404, "no-such-app", "There is no such app", "The path must name an APNs app of yours.");

    public static readonly Problem NoSuchChannel = new(
        404, "no-such-channel", "There is no such channel", "The app has no channel of that id in its environment; the other environment has channels of its own.");

    private static readonly Problem Full =
        new(409, "too-many-channels", "The app has all the channels it may have", "APNs takes 10,000 per app and environment. Delete some.");

    public static readonly Problem Misconfigured =
        new(500, "app-misconfigured", "The app's key or certificate cannot be used", "The API's log says why; whoever runs it must repair it.");

    /// <summary>Why APNs did not do it.</summary>
    /// <param name="outcome">What came of the request.</param>
    /// <param name="isDelete">Whether a channel was to be deleted: APNs calls one that is gone already a bad path.</param>
    public static Problem Of(SendOutcome outcome, bool isDelete) => outcome switch
    {
        { Reason: "ChannelNotRegistered" or "BadChannelId" } => NoSuchChannel,
        { Reason: "BadPath" } when isDelete => NoSuchChannel,
        { Reason: "CannotCreateChannelConfig" } => Full,
        SendOutcome.Rejected or SendOutcome.Misconfigured or SendOutcome.Unregistered =>
            new Problem(502, "provider-refused", "APNs refuses the request", Said(outcome)),
        SendOutcome.Ambiguous =>
            new Problem(504, "provider-silent", "APNs did not answer", "It may have done what was asked. List the channels before you ask again."),
        _ => new Problem(503, "provider-unavailable", "APNs cannot at the moment", $"{Said(outcome)} Nothing was done; send the same request again later.")
        {
            RetryAfter = (int)Math.Clamp(Math.Ceiling((outcome.RetryAfter ?? TimeSpan.Zero).TotalSeconds), 1, 3600),
        },
    };

    private static string Said(SendOutcome outcome) => outcome.Detail is { } detail ? $"{outcome.Reason}: {detail}." : $"{outcome.Reason}.";
}
