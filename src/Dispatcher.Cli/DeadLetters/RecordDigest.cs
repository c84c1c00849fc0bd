using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>
/// What a record is recognized by wherever it lies: 16 bytes of the SHA-256 of its topic, key, value and headers. Its time is not among them,
/// for a broker may set its own.
/// </summary>
internal static class RecordDigest
{
    public static UInt128 Of(string topic, byte[]? key, byte[]? value, Headers headers)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, Encoding.UTF8.GetBytes(topic));
        Add(hash, key);
        Add(hash, value);
        foreach (var header in headers)
        {
            Add(hash, Encoding.UTF8.GetBytes(header.Key));
            Add(hash, header.GetValueBytes());
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }

    // With its length before it, or the end of one part could be the beginning of the next.
    private static void Add(IncrementalHash hash, byte[]? part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, part?.Length ?? -1);
        hash.AppendData(length);
        hash.AppendData(part ?? []);
    }
}
