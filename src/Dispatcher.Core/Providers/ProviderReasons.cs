using System.Collections.Frozen;
using Dispatcher.Core.Providers.Apns;
using Dispatcher.Core.Providers.Fcm;

namespace Dispatcher.Core.Providers;

/// <summary>The words that providers are known to give as reasons: what may become a metric's label. What else they say comes from outside.</summary>
public static class ProviderReasons
{
    /// <summary>The word for all others.</summary>
    public const string Other = "other";

    private static readonly FrozenSet<string> Answers =
        ApnsReasons.All.Select(reason => reason.Name).Concat(FcmReasons.All.Select(reason => reason.Name)).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a provider documents a reason, or was seen to give it.</summary>
    /// <param name="reason">The reason.</param>
    public static bool IsKnown(string reason) => Answers.Contains(reason);
}
