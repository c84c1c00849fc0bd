using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Dispatcher.Simulator.Apns;

/// <summary>The broadcast channels of the simulated app. Source: Apple, "Sending channel management requests to APNs".</summary>
internal sealed class ApnsChannelStore
{
    /// <summary>Channels of one app and environment.</summary>
    public const int MaxChannels = 10_000;

    private const int IdBytes = 16;

    private readonly ConcurrentDictionary<string, int> _storageById = new(StringComparer.Ordinal);

    /// <summary>The ids, in no order.</summary>
    public IEnumerable<string> Ids => _storageById.Keys;

    /// <summary>Makes a channel; <see langword="null"/> when there are as many as there may be.</summary>
    public string? Create(int storage)
    {
        if (_storageById.Count >= MaxChannels)
            return null;
        var id = Convert.ToBase64String(RandomNumberGenerator.GetBytes(IdBytes));
        _storageById[id] = storage;
        return id;
    }

    /// <summary>The storage policy of a channel; <see langword="null"/> when there is none of that id.</summary>
    public int? StorageOf(string id) => _storageById.TryGetValue(id, out var storage) ? storage : null;

    /// <summary>Deletes a channel.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Delete(string id) => _storageById.TryRemove(id, out _);

    /// <summary>Says what is wrong with the header that names a channel.</summary>
    public ApnsReason? Problem(string? id)
    {
        if (string.IsNullOrEmpty(id))
            return ApnsReason.Named(StatusCodes.Status400BadRequest, "MissingChannelId");
        if (!Convert.TryFromBase64String(id, new byte[id.Length], out _))
            return ApnsReason.Named(StatusCodes.Status400BadRequest, "BadChannelId");
        return StorageOf(id) is null ? ApnsReason.Named(StatusCodes.Status400BadRequest, "ChannelNotRegistered") : null;
    }
}
