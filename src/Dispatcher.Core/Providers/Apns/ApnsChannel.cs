using Dispatcher.Core.Sending;

namespace Dispatcher.Core.Providers.Apns;

/// <summary>What a channel keeps for followers that are away. It cannot be changed. Source: Apple, "Sending channel management requests to APNs".</summary>
public enum ChannelStorage
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The most recent broadcast, for up to eight hours.</summary>
    MostRecent = 1,
}

/// <summary>A broadcast channel of an app.</summary>
/// <param name="Id">What APNs calls it: base64.</param>
/// <param name="Storage">What it keeps.</param>
public sealed record ApnsChannel(string Id, ChannelStorage Storage);

/// <summary>The answer to a request about channels: what was asked for, or the outcome of not getting it.</summary>
/// <typeparam name="T">What was asked for.</typeparam>
/// <param name="Value">It; <see langword="null"/> if there is a refusal.</param>
/// <param name="Refusal">Why not.</param>
public readonly record struct ChannelAnswer<T>(T? Value, SendOutcome? Refusal)
    where T : class;
