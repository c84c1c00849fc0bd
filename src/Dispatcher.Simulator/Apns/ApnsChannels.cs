using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Dispatcher.Simulator.Apns;

/// <summary>The broadcast channels of every app.</summary>
public sealed class ApnsChannels
{
    /// <summary>Per app and environment. Source: Apple, "Sending channel management requests to APNs".</summary>
    public const int MaxChannels = 10_000;

    // As long as the ids that Apple's documentation shows; clients must not assume it.
    private const int IdBytes = 16;

    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, bool>> _byApp = new(StringComparer.Ordinal);

    /// <summary>Makes a channel; <see langword="null"/> when there are too many.</summary>
    /// <param name="bundleId">The app.</param>
    /// <param name="stores">Whether it keeps the most recent message.</param>
    public string? Create(string bundleId, bool stores)
    {
        var channels = Of(bundleId);
        if (channels.Count >= MaxChannels)
            return null;
        var id = Convert.ToBase64String(RandomNumberGenerator.GetBytes(IdBytes));
        channels[id] = stores;
        return id;
    }

    /// <summary>Whether it stores; <see langword="null"/> when there is no such channel.</summary>
    public bool? Find(string bundleId, string channel) => Of(bundleId).TryGetValue(channel, out var stores) ? stores : null;

    public bool Delete(string bundleId, string channel) => Of(bundleId).TryRemove(channel, out _);

    public IReadOnlyCollection<string> List(string bundleId) => [.. Of(bundleId).Keys.Order(StringComparer.Ordinal)];

    /// <summary>An id is base64 of a few bytes.</summary>
    internal static bool IsId(string channel) => channel.Length is > 0 and <= 256 && Convert.TryFromBase64String(channel, new byte[256], out _);

    private ConcurrentDictionary<string, bool> Of(string bundleId) => _byApp.GetOrAdd(bundleId, _ => new(StringComparer.Ordinal));
}
