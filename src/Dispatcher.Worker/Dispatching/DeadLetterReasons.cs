using System.Collections.Frozen;
using Dispatcher.Core.Providers;
using Dispatcher.Core.Sending;

namespace Dispatcher.Worker.Dispatching;

/// <summary>Why pushes become dead letters. A dead letter itself has a provider's reason as it is; a metric has it only if it is a known one.</summary>
internal static class DeadLetterReasons
{
    /// <summary>Its retries are used up.</summary>
    public const string Exhausted = "exhausted";

    /// <summary>A provider's final no, without a reason.</summary>
    public const string Rejected = "rejected";

    /// <summary>No record of a push.</summary>
    public const string Undecodable = "undecodable";

    /// <summary>Larger than a push, or than where it should wait takes.</summary>
    public const string TooLarge = "tooLarge";

    /// <summary>Kafka will never take it where it should wait.</summary>
    public const string NotTaken = "notTaken";

    /// <summary>Its app is another provider's.</summary>
    public const string WrongLane = "wrongLane";

    /// <summary>Its target is none of its provider's.</summary>
    public const string InvalidToken = "invalidToken";

    /// <summary>It is to be checked only, which its provider cannot do.</summary>
    public const string CannotValidate = "cannotValidate";

    /// <summary>A bug.</summary>
    public const string Faulted = "faulted";

    private static readonly FrozenSet<string> Ours = FrozenSet.Create(
        StringComparer.Ordinal,
        Exhausted, Rejected, Undecodable, TooLarge, NotTaken, WrongLane, InvalidToken, CannotValidate, Faulted, LaneReader.UnknownApp, PushSender.Invalid);

    /// <summary>The word for a reason in metrics.</summary>
    /// <param name="reason">The reason.</param>
    public static string Word(string reason) => Ours.Contains(reason) || ProviderReasons.IsKnown(reason) ? reason : ProviderReasons.Other;
}
