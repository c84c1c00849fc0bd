namespace Dispatcher.Core.Providers.Connections;

/// <summary>When one more connection would help.</summary>
internal static class Growth
{
    // RFC 9113 §6.9.2: what a peer takes on one connection before it makes room. It may take more; .NET does not say.
    private const int WindowBytes = 65_535;

    /// <summary>Whether so many streams are in use that the next connection should be there before somebody has to wait for it.</summary>
    /// <param name="inUse">Streams in use.</param>
    /// <param name="allowed">Streams that may be.</param>
    public static bool IsCrowded(int inUse, int allowed) => 4 * inUse >= 3 * allowed;

    /// <summary>How many connections it takes to have this many bytes under way: each carries a window per round trip.</summary>
    /// <param name="bytesPerSecond">Bodies, measured.</param>
    /// <param name="roundTrip">How long the peer's news takes.</param>
    public static int ConnectionsFor(double bytesPerSecond, TimeSpan roundTrip) =>
        (int)Math.Ceiling(Math.Min(bytesPerSecond * roundTrip.TotalSeconds / WindowBytes, int.MaxValue));
}
