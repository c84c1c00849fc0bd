using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Kafka;

/// <summary>The names of every topic.</summary>
/// <param name="prefix">What all of them start with; default <c>push</c>.</param>
/// <param name="delayTiers">The waits of the delay tiers; default <see cref="DelayTiers.Default"/>.</param>
public sealed class TopicNames(string prefix, string delayTiers = DelayTiers.Default)
{
    /// <summary>The prefix unless another is configured.</summary>
    public const string DefaultPrefix = "push";

    /// <summary>Final outcome of every push, as <see cref="PushResult"/>.</summary>
    public string Results { get; } = $"{prefix}.results";

    /// <summary>Tokens that a provider declared dead, as <see cref="InvalidToken"/>; compacted.</summary>
    public string Tokens { get; } = $"{prefix}.tokens";

    /// <summary>Which pushes are for later, as <see cref="ScheduledPushes"/>: what can be cancelled.</summary>
    public string Scheduled { get; } = $"{prefix}.scheduled";

    /// <summary>Which of them are not to be sent after all, as <see cref="ScheduledPushes"/>.</summary>
    public string Cancels { get; } = $"{prefix}.cancels";

    /// <summary>Pushes that wait.</summary>
    public DelayTiers Delays { get; } =
        DelayTiers.Parse(delayTiers, prefix) ?? throw new ArgumentException($"'{delayTiers}' is not a list of waits.", nameof(delayTiers));

    /// <summary>Every topic.</summary>
    public IEnumerable<string> All =>
        [.. Lane.All.Select(Pushes), .. Delays.Topics, .. Enum.GetValues<Provider>().Select(DeadLetters), Results, Tokens, Scheduled, Cancels];

    /// <summary>The topic of a lane.</summary>
    /// <param name="lane">The lane.</param>
    public string Pushes(Lane lane) => $"{prefix}.{lane.Name}";

    /// <summary>The dead letters of a provider.</summary>
    /// <param name="provider">The provider.</param>
    public string DeadLetters(Provider provider) => provider == Provider.Apns ? $"{prefix}.apns.dead" : $"{prefix}.fcm.dead";
}
