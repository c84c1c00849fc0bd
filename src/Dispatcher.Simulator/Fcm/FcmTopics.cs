using System.Collections.Concurrent;

namespace Dispatcher.Simulator.Fcm;

/// <summary>Which registrations follow which topics, per project.</summary>
public sealed class FcmTopics
{
    /// <summary>Per registration. Source: Firebase, "FCM quotas".</summary>
    public const int MaxTopics = 2000;

    // Beyond it everything is forgotten, so that a load cannot fill the memory.
    private const int Bound = 1_000_000;

    private readonly ConcurrentDictionary<(string Project, string Registration), ConcurrentDictionary<string, DateTimeOffset>> _followed = [];

    /// <summary>The topics of a registration, with the time since when it follows them.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Of(string project, string registration) =>
        _followed.TryGetValue((project, registration), out var topics) ? topics : new Dictionary<string, DateTimeOffset>();

    /// <summary>Forgets everything.</summary>
    public void Clear() => _followed.Clear();

    internal FcmSubscription Subscribe(string project, string registration, string topic, DateTimeOffset now)
    {
        if (_followed.Count >= Bound)
            _followed.Clear();
        var topics = _followed.GetOrAdd((project, registration), _ => new(StringComparer.Ordinal));
        if (topics.ContainsKey(topic))
            return FcmSubscription.Known;
        if (topics.Count >= MaxTopics)
            return FcmSubscription.TooMany;
        topics[topic] = now;
        return FcmSubscription.Made;
    }

    internal bool Unsubscribe(string project, string registration, string topic) =>
        _followed.TryGetValue((project, registration), out var topics) && topics.TryRemove(topic, out _);
}

/// <summary>What became of a wish to follow a topic.</summary>
internal enum FcmSubscription
{
    Made,
    Known,
    TooMany,
}
