using System.Security.Cryptography;
using System.Text;

namespace Dispatcher.Core.Sending.Limits;

/// <summary>
/// Devices that were sent too much: each rests for a while, longer every time. Bounded to <see cref="Capacity"/>; beyond that the one
/// that was throttled longest ago is forgotten, and counted.
/// </summary>
/// <remarks>
/// Apple says of <c>TooManyRequests</c> only "retry after a delay", Firebase of a device's rate "exponentially". The first pause is ours;
/// the longest is what Apple asks for after a 5xx.
/// </remarks>
/// <param name="pause">The first rest.</param>
/// <param name="time">The clock.</param>
internal sealed class TokenBackoff(TimeSpan pause, TimeProvider time)
{
    /// <summary>How many devices are remembered: some 1.5 MB.</summary>
    public const int Capacity = 10_000;

    /// <summary>The longest rest.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, LinkedListNode<Rest>> _rests = [];
    private readonly LinkedList<Rest> _oldestFirst = [];
    private TimeSpan _pause = pause;
    private volatile int _count;
    private long _evicted;

    /// <summary>Devices that are remembered.</summary>
    public int Count => _count;

    /// <summary>Devices that were forgotten for want of room.</summary>
    public long Evicted => Interlocked.Read(ref _evicted);

    /// <summary>Takes another first rest; devices that rest go on as they were told.</summary>
    /// <param name="first">The first rest.</param>
    public void Adopt(TimeSpan first)
    {
        lock (_lock)
            _pause = first;
    }

    /// <summary>Whether a device rests.</summary>
    /// <param name="token">The device; only a digest of it is kept.</param>
    /// <param name="wait">For how long still.</param>
    public bool IsResting(string token, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (_count == 0)
            return false;
        var key = Key(token);
        lock (_lock)
        {
            if (_rests.TryGetValue(key, out var node))
                wait = node.Value.Until - time.GetUtcNow();
        }

        return wait > TimeSpan.Zero;
    }

    /// <summary>The provider said "too fast" for a device.</summary>
    /// <param name="token">The device.</param>
    /// <param name="told">How long to wait at least, where the provider said so.</param>
    /// <returns>For how long it rests.</returns>
    public TimeSpan Throttled(string token, TimeSpan? told)
    {
        var (key, now) = (Key(token), time.GetUtcNow());
        lock (_lock)
        {
            var length = _pause;
            if (_rests.Remove(key, out var node))
            {
                _oldestFirst.Remove(node);
                // Several pushes that were in flight together are one event.
                length = now < node.Value.Until ? node.Value.Length : Doubled(node.Value.Length);
            }

            var wait = told > length ? told.Value : length;
            _rests.Add(key, _oldestFirst.AddLast(new Rest(key, now + wait, length)));
            if (_rests.Count > Capacity)
            {
                Forget_NeedsLock(_oldestFirst.First!);
                Interlocked.Increment(ref _evicted);
            }

            _count = _rests.Count;
            return wait;
        }
    }

    /// <summary>The provider took something for a device: the next trouble is a first one.</summary>
    /// <param name="token">The device.</param>
    public void Succeeded(string token)
    {
        if (_count == 0)
            return;
        var key = Key(token);
        lock (_lock)
        {
            // What had left before the rest began does not end it.
            if (_rests.TryGetValue(key, out var node) && node.Value.Until <= time.GetUtcNow())
                Forget_NeedsLock(node);
            _count = _rests.Count;
        }
    }

    private void Forget_NeedsLock(LinkedListNode<Rest> node)
    {
        _rests.Remove(node.Value.Key);
        _oldestFirst.Remove(node);
    }

    private static TimeSpan Doubled(TimeSpan length) => length * 2 < LongestPause ? length * 2 : LongestPause;

    private static ulong Key(string token)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(token), digest);
        return BitConverter.ToUInt64(digest);
    }

    private readonly record struct Rest(ulong Key, DateTimeOffset Until, TimeSpan Length);
}
