namespace Dispatcher.Core.Pushes;

/// <summary>
/// <c>apns-expiration</c>, which has three states: an instant until which APNs may keep the push, 0 for one attempt and nothing stored, or
/// no header at all, which leaves it to APNs (30 days at most).
/// </summary>
/// <param name="UnixSeconds">The header's value; <see langword="null"/> sends none.</param>
public readonly record struct ApnsExpiration(long? UnixSeconds)
{
    /// <summary>What JSON says for <see cref="None"/>.</summary>
    public const string NoneWord = "none";

    /// <summary>The latest instant, in Unix seconds: the year 2106. Beyond it, somebody counts in milliseconds.</summary>
    public const long Latest = uint.MaxValue;

    /// <summary>No header.</summary>
    public static ApnsExpiration None => default;
}
