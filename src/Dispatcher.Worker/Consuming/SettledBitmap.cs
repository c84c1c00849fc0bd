using System.Buffers.Binary;
using System.Buffers.Text;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Dispatcher.Worker.Consuming;

/// <summary>
/// Which offsets from a watermark on are settled although the watermark itself is not: what a commit carries in its metadata, so that the
/// partition's next owner skips them. As text: a version, then in base64 the watermark, the leader epoch, a checksum and the bits without
/// their trailing zeros. What is not exactly that is nothing, and costs a replay; it must never cost a push.
/// </summary>
internal sealed class SettledBitmap
{
    /// <summary>
    /// What brokers take (<c>offset.metadata.max.bytes</c>, default 4,096). A whole window is 2,762 characters, so it always fits.
    /// </summary>
    public const int MaxLength = 4096;

    private const int BitsPerWord = 64;
    private const int MaxWords = PartitionTracker.Window / BitsPerWord;
    private const int EpochAt = 8;
    private const int ChecksumAt = 12;
    private const int HeaderLength = 16;

    private readonly ulong[] _words;

    /// <summary>Takes the bits over.</summary>
    /// <param name="watermark">The offset of the first bit.</param>
    /// <param name="epoch">The leader epoch of the newest record that the bits may speak of; -1 when unknown.</param>
    /// <param name="words">The bits, lowest first; at most a window.</param>
    public SettledBitmap(long watermark, int epoch, ReadOnlySpan<ulong> words)
    {
        _words = words[..(words.LastIndexOfAnyExcept(0UL) + 1)].ToArray();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_words.Length, MaxWords, nameof(words));
        (Watermark, Epoch) = (watermark, epoch);
    }

    /// <summary>The offset that is committed with it; the bits count from here.</summary>
    public long Watermark { get; }

    /// <summary>No record of a later leader epoch is meant: after an unclean election other records may have these offsets.</summary>
    public int Epoch { get; }

    /// <summary>How many offsets are settled.</summary>
    public int Count => _words.Sum(BitOperations.PopCount);

    /// <summary>The settled offsets, ascending.</summary>
    public IEnumerable<long> Offsets
    {
        get
        {
            for (var i = 0; i < _words.Length; i++)
            {
                for (var word = _words[i]; word != 0; word &= word - 1)
                    yield return Watermark + (i * BitsPerWord) + BitOperations.TrailingZeroCount(word);
            }
        }
    }

    private static ReadOnlySpan<byte> Version => "settled/1:"u8;

    /// <summary>The text, in ASCII; empty when nothing is settled.</summary>
    public byte[] Encode()
    {
        if (_words.Length == 0)
            return [];
        Span<byte> raw = stackalloc byte[HeaderLength + (MaxWords * sizeof(ulong))];
        BinaryPrimitives.WriteInt64LittleEndian(raw, Watermark);
        BinaryPrimitives.WriteInt32LittleEndian(raw[EpochAt..], Epoch);
        BinaryPrimitives.WriteUInt32LittleEndian(raw[ChecksumAt..], Checksum(Watermark, Epoch, _words));
        for (var i = 0; i < _words.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(raw[(HeaderLength + (i * sizeof(ulong)))..], _words[i]);
        raw = raw[..(HeaderLength + (_words.Length * sizeof(ulong)))];
        raw = raw[..(raw.LastIndexOfAnyExcept((byte)0) + 1)];

        var text = new byte[Version.Length + Base64.GetMaxEncodedToUtf8Length(raw.Length)];
        Version.CopyTo(text);
        Base64.EncodeToUtf8(raw, text.AsSpan(Version.Length), out _, out _);
        return text;
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <param name="text">The metadata of a commit, whoever wrote it.</param>
    /// <param name="watermark">The offset that was committed with it: a tool that moves offsets may have kept the metadata.</param>
    /// <returns><see langword="null"/> for anything else.</returns>
    public static SettledBitmap? Decode(ReadOnlySpan<byte> text, long watermark)
    {
        if (text.Length > MaxLength || !text.StartsWith(Version))
            return null;
        Span<byte> raw = stackalloc byte[Base64.GetMaxDecodedFromUtf8Length(MaxLength)];
        var status = Base64.DecodeFromUtf8(text[Version.Length..], raw, out _, out var length);
        if (status != System.Buffers.OperationStatus.Done || length <= HeaderLength || length > HeaderLength + (MaxWords * sizeof(ulong)))
            return null;

        Span<ulong> words = stackalloc ulong[(length - HeaderLength + sizeof(ulong) - 1) / sizeof(ulong)];
        words.Clear();
        raw[HeaderLength..length].CopyTo(MemoryMarshal.AsBytes(words));
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(words, words);
        var epoch = BinaryPrimitives.ReadInt32LittleEndian(raw[EpochAt..]);
        return BinaryPrimitives.ReadInt64LittleEndian(raw) == watermark
            && BinaryPrimitives.ReadUInt32LittleEndian(raw[ChecksumAt..]) == Checksum(watermark, epoch, words)
                ? new SettledBitmap(watermark, epoch, words)
                : null;
    }

    private static uint Checksum(long watermark, int epoch, ReadOnlySpan<ulong> words)
    {
        var crc = BitOperations.Crc32C(BitOperations.Crc32C(uint.MaxValue, (ulong)watermark), (uint)epoch);
        foreach (var word in words)
            crc = BitOperations.Crc32C(crc, word);
        return crc;
    }
}
