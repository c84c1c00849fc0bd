using Dispatcher.Core.Pushes;

namespace Dispatcher.Cli.DeadLetters.Replaying;

/// <summary>Why a dead letter is not replayed.</summary>
internal enum PassedOver
{
    /// <summary>It is none: this replay sent it in an earlier run.</summary>
    SentBefore,

    /// <summary>Its time to live has passed: it would end as expired.</summary>
    Expired,

    /// <summary>It was replayed as often as the guard against loops allows.</summary>
    TooOften,

    /// <summary>Its value is no push.</summary>
    Undecodable,

    /// <summary>Its value is not in Kafka: it was too large for the dead letters' topic.</summary>
    ValueOmitted,

    /// <summary>It is longer than a worker takes.</summary>
    TooLarge,

    /// <summary>Nothing says which lane it came from.</summary>
    NoLane,
}

/// <summary>What a replay does with a dead letter.</summary>
/// <param name="PassedOver">Why nothing, or <see langword="null"/>.</param>
/// <param name="Lane">Otherwise the lane it goes to.</param>
/// <param name="Push">The push.</param>
internal readonly record struct Verdict(PassedOver? PassedOver, Lane Lane, PushNotification? Push)
{
    public static implicit operator Verdict(PassedOver cause) => new(cause, default, null);
}
