using System.Collections.Frozen;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>What a reason means, and what to do about it. docs/provider-answers.md is the source; a test compares the two.</summary>
/// <param name="Meaning">A sentence.</param>
/// <param name="Advice">Another.</param>
internal sealed record ReasonGuide(string Meaning, string Advice)
{
    private const string Payload = "Correct what builds these pushes; a replay would be refused again.";
    private const string Bug = "Neither the API nor a worker should let it through: please report it with this page.";

    private static readonly FrozenDictionary<string, ReasonGuide> Known = new Dictionary<string, ReasonGuide>(StringComparer.OrdinalIgnoreCase)
    {
        // Ours.
        ["exhausted"] = new(
            "Every attempt failed for a while: the provider could not, or did not answer. The detail is its last reason.",
            "When the provider serves again, replay them; mind their time to live."),
        ["undecodable"] = new(
            "The record is not a push that this version can read: bad JSON, a newer schema, or headers of a delay tier that are not ours.",
            "Find who produced it (the origin names topic and offset); correct the producer, or upgrade the workers and replay."),
        ["unknownApp"] = new(
            "No worker has the app that it names.",
            "Give the workers the app's file (AppsFolder), then replay; or correct the name with replay --app-map old=new."),
        ["wrongLane"] = new(
            "It lay in the lane of the other provider.",
            "Correct whoever produces it straight to Kafka; the API chooses the lane itself."),
        ["invalid"] = new("It breaks a rule that the API would have refused it for; the detail has the field.", Payload),
        ["invalidToken"] = new("What it is addressed to cannot be a token, topic or channel of that provider.", Payload),
        ["cannotValidate"] = new("Only FCM can check a push without sending it, and it is not for FCM.", "Send it without validateOnly."),
        ["tooLarge"] = new(
            "It is longer than Dispatcher or a topic of Kafka takes.",
            "Make it smaller, or allow longer records (max.message.bytes) on the topic that the detail names and replay."),
        ["notTaken"] = new(
            "Kafka refuses the record for good; the detail has its error and the topic.",
            "Correct that topic's settings (timestamps, validation), then replay."),
        ["faulted"] = new("A worker failed at it with an error of its own.", Bug),

        // APNs.
        ["BadDeviceToken"] = new(
            "APNs does not know the token in this environment; the detail names it (production or sandbox).",
            "If all of an app's pushes end so, its environment is wrong: correct it and replay. Else the token is wrong: forget it."),
        ["DeviceTokenNotForTopic"] = new(
            "The token belongs to another app than the bundle id that was used; the detail names it.",
            "Correct the app's bundle id and replay, or keep tokens of different apps apart."),
        ["BadTopic"] = new("The push brought a topic of its own, and it is none of the app's.", Payload),
        ["TopicDisallowed"] = new("The push brought a topic or push type of its own that the key may not use.", Payload),
        ["BadCollapseId"] = new("The collapse id is longer than 64 bytes.", Payload),
        ["BadExpirationDate"] = new("The expiration is no date that APNs takes.", Payload),
        ["BadMessageId"] = new("The id is not a UUID.", Bug),
        ["BadPriority"] = new("The priority is none that APNs takes for this push type.", Payload),
        ["DuplicateHeaders"] = new("A header came twice.", Bug),
        ["InvalidPushType"] = new("The push type is unknown, or does not fit the payload.", Payload),
        ["MissingDeviceToken"] = new("No token was in the path.", Bug),
        ["MissingTopic"] = new("No topic was sent, and the certificate is for several.", "Give the app its bundle id and replay."),
        ["MissingPushType"] = new("No push type was sent.", Payload),
        ["PayloadEmpty"] = new("Nothing was in the payload.", Payload),
        ["PayloadTooLarge"] = new("The payload is over 4 KiB (5 KiB for VoIP and broadcasts).", Payload),
        ["BadPath"] = new("APNs has nothing at the path that was asked for.", Bug),
        ["MethodNotAllowed"] = new(
            "APNs takes no such request.",
            "Look at what stands between the workers and APNs: a proxy may answer so."),
        ["MissingChannelId"] = new("A broadcast named no channel.", Payload),
        ["BadChannelId"] = new("The channel's id is not valid.", Payload),
        ["ChannelNotRegistered"] = new(
            "There is no such channel (any more).",
            "Create the channel (POST /apps/{app}/channels) and send anew."),
        ["BadRequestParams"] = new("A parameter of the broadcast is wrong.", Payload),
        ["BadRequestPayload"] = new("The broadcast's payload is wrong.", Payload),
        ["CannotCreateChannelConfig"] = new("The app may have no more channels.", "Delete channels that are not used."),
        ["FeatureNotEnabled"] = new(
            "Broadcasts are not switched on for the bundle id.",
            "Switch them on at Apple (Certificates, Identifiers & Profiles), then replay."),
        ["BroadcastFeatureNotEnabled"] = new(
            "Broadcasts are not switched on for the bundle id.",
            "Switch them on at Apple (Certificates, Identifiers & Profiles), then replay."),

        // FCM.
        ["INVALID_ARGUMENT"] = new("FCM calls a field of the message wrong; the detail names it where FCM did.", Payload),
        ["UNREGISTERED"] = new(
            "Nobody is subscribed to the topic or fulfils the condition, or FCM does not know it.",
            "Check the topic's name with whoever subscribes devices to it."),
        ["SENDER_ID_MISMATCH"] = new("The target belongs to another Firebase project.", "Correct the app's project, then replay."),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The guide to a reason; where nobody has written one, to its status.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="status">The provider's HTTP status.</param>
    public static ReasonGuide To(string reason, int? status) => Known.GetValueOrDefault(reason) ?? status switch
    {
        >= 400 and < 500 => new(
            $"The provider refused it with HTTP {status}; what the reason means is the provider's to say.",
            "Read the provider's documentation of it; correct the push or the app, then replay."),
        null => new(
            "No provider was asked, or it did not answer; this version has no explanation of the reason.",
            "The worker's log around that time says more."),
        _ => new($"The provider answered with HTTP {status}.", "When the provider serves again, replay them."),
    };
}
