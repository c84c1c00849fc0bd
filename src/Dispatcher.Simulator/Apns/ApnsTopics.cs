using System.Buffers;
using System.Collections.Frozen;

namespace Dispatcher.Simulator.Apns;

/// <summary>Which topics a key may push to: the bundle ids of its team's apps, and those with a push type's suffix.</summary>
internal sealed class ApnsTopics(IEnumerable<SimulatedApp> apps)
{
    private static readonly SearchValues<char> BundleIdCharacters =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-.");

    private readonly FrozenDictionary<string, FrozenSet<string>> _bundleIds = apps.ToFrozenDictionary(
        app => app.ApnsKey.KeyId, app => app.BundleIds.ToFrozenSet(StringComparer.Ordinal), StringComparer.Ordinal);

    public ApnsReason? Problem(string? topic, ApnsPushType? pushType, ApnsKey? key)
    {
        if (string.IsNullOrEmpty(topic))
            return ApnsReason.MissingTopic;
        if (topic.AsSpan().ContainsAnyExcept(BundleIdCharacters))
            return ApnsReason.BadTopic;
        if (BundleIdOf(topic) is not { } bundleId || !Allows(key, bundleId))
            return ApnsReason.TopicDisallowed;

        // Apple does not say which reason a wrong suffix gets; BadTopic blames the push and not the credential.
        return pushType is null || topic.AsSpan(bundleId.Length).SequenceEqual(pushType.TopicSuffix) ? null : ApnsReason.BadTopic;
    }

    /// <summary>Whether a key's team has such an app; without a key, whether any has.</summary>
    public bool Allows(ApnsKey? key, string bundleId) =>
        key is null ? _bundleIds.Values.Any(ids => ids.Contains(bundleId)) : _bundleIds[key.KeyId].Contains(bundleId);

    /// <summary>The app of a topic: the topic without its push type's suffix.</summary>
    public static string? BundleIdOf(string? topic)
    {
        foreach (var suffix in ApnsPushType.Suffixes)
        {
            if (suffix.Length > 0 && topic?.EndsWith(suffix, StringComparison.Ordinal) == true)
                return topic[..^suffix.Length];
        }

        return topic;
    }
}
