using System.Buffers;

namespace Dispatcher.Simulator.Apns;

/// <summary>Which topics the simulated team's key may push to: its one app's bundle id, and that with a push type's suffix.</summary>
internal sealed class ApnsTopics(string bundleId)
{
    private static readonly SearchValues<char> BundleIdCharacters =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-.");

    public ApnsReason? Problem(string? topic, ApnsPushType? pushType)
    {
        if (string.IsNullOrEmpty(topic))
            return ApnsReason.MissingTopic;
        if (topic.AsSpan().ContainsAnyExcept(BundleIdCharacters))
            return ApnsReason.BadTopic;
        if (!topic.StartsWith(bundleId, StringComparison.Ordinal) || !ApnsPushType.IsSuffix(topic.AsSpan(bundleId.Length)))
            return ApnsReason.TopicDisallowed;

        // Apple does not say which reason a wrong suffix gets; BadTopic blames the push and not the credential.
        return pushType is null || topic.AsSpan(bundleId.Length).SequenceEqual(pushType.TopicSuffix) ? null : ApnsReason.BadTopic;
    }

    /// <summary>The app of a topic: the topic without its push type's suffix.</summary>
    public static string? BundleIdOf(string? topic)
    {
        foreach (var type in ApnsPushType.All)
        {
            if (type.TopicSuffix.Length > 0 && topic?.EndsWith(type.TopicSuffix, StringComparison.Ordinal) == true)
                return topic[..^type.TopicSuffix.Length];
        }

        return topic;
    }
}
