using System.Globalization;
using System.Numerics;
using System.Text;
using Confluent.Kafka;
using Dispatcher.Core.Pushes;

namespace Dispatcher.Core.Kafka;

/// <summary>Where a push was first consumed; a dead letter names it however often the push was delayed.</summary>
/// <param name="Topic">The lane's topic.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The offset.</param>
/// <param name="Timestamp">When Kafka took the record.</param>
public readonly record struct RecordOrigin(string Topic, int Partition, long Offset, DateTimeOffset Timestamp);

/// <summary>What a delay tier knows about a push, in the headers of its record; key and value are the original's bytes.</summary>
/// <param name="Lane">The lane that it goes back to.</param>
/// <param name="NotBefore">When it is due; never dispatched earlier.</param>
/// <param name="LeavesAt">When it leaves its tier, by the clock of the worker that put it there: Kafka's timestamp may be a broker's.</param>
/// <param name="Attempts">Requests that have left for the provider so far.</param>
/// <param name="Retries">How often it has waited for another attempt after one that left.</param>
/// <param name="FirstFailedAt">When the first of them failed.</param>
/// <param name="Reason">Why it waits.</param>
/// <param name="Origin">Where it came from.</param>
/// <param name="TraceParent">The W3C trace of the original.</param>
public sealed record DelayedPush(
    Lane Lane,
    DateTimeOffset NotBefore,
    DateTimeOffset LeavesAt,
    int Attempts,
    int Retries,
    DateTimeOffset? FirstFailedAt,
    string? Reason,
    RecordOrigin Origin,
    string? TraceParent)
{
    internal const string LaneHeader = "lane";
    internal const string NotBeforeHeader = "not-before";
    internal const string LeavesAtHeader = "leaves-at";
    internal const string RetriesHeader = "retries";

    private static readonly (byte[] Name, Lane Lane)[] LaneNames = [.. Lane.All.Select(lane => (Encoding.UTF8.GetBytes(lane.Name), lane))];

    /// <summary>When it goes back to its lane: when it leaves its tier, or is due before that.</summary>
    public DateTimeOffset Leaves => NotBefore < LeavesAt ? NotBefore : LeavesAt;

    /// <summary>The record to produce.</summary>
    /// <param name="key">The original's key.</param>
    /// <param name="value">The original's value.</param>
    /// <param name="original">The headers it came with.</param>
    public Message<byte[]?, byte[]?> ToMessage(byte[]? key, byte[]? value, Headers? original = null)
    {
        var headers = OriginalHeaders.Copy(original);
        headers.Add(LaneHeader, Encoding.UTF8.GetBytes(Lane.Name));
        headers.Add(NotBeforeHeader, Instant(NotBefore));
        headers.Add(LeavesAtHeader, Instant(LeavesAt));
        headers.Add(DeadLetterHeaders.Attempts, Number(Attempts));
        headers.Add(RetriesHeader, Number(Retries));
        headers.Add(DeadLetterHeaders.OriginalTopic, Encoding.UTF8.GetBytes(Origin.Topic));
        headers.Add(DeadLetterHeaders.OriginalPartition, Number(Origin.Partition));
        headers.Add(DeadLetterHeaders.OriginalOffset, Number(Origin.Offset));
        headers.Add(DeadLetterHeaders.OriginalTimestamp, Instant(Origin.Timestamp));
        if (FirstFailedAt is { } firstFailedAt)
            headers.Add(DeadLetterHeaders.FirstFailedAt, Instant(firstFailedAt));
        if (Reason is not null)
            headers.Add(DeadLetterHeaders.Reason, Encoding.UTF8.GetBytes(Reason));
        if (TraceParent is not null)
            headers.Add(DeadLetterHeaders.TraceParent, Encoding.UTF8.GetBytes(TraceParent));
        return new Message<byte[]?, byte[]?> { Key = key, Value = value, Headers = headers };
    }

    /// <summary>Reads the headers of a record of a delay tier.</summary>
    /// <param name="headers">The headers.</param>
    /// <returns>What they say, or <see langword="null"/> when they are not a delayed push's.</returns>
    public static DelayedPush? Read(Headers? headers)
    {
        string? Text(string name) =>
            headers is not null && headers.TryGetLastBytes(name, out var bytes) && bytes is not null ? Encoding.UTF8.GetString(bytes) : null;
        bool Number<T>(string name, out T number)
            where T : INumber<T> => T.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out number!);
        bool At(string name, out DateTimeOffset instant) =>
            DateTimeOffset.TryParseExact(Text(name), "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out instant);

        if (LaneOf(headers) is not { } lane || !At(NotBeforeHeader, out var notBefore) || !At(LeavesAtHeader, out var leavesAt)
            || !Number<int>(DeadLetterHeaders.Attempts, out var attempts) || !Number<int>(RetriesHeader, out var retries)
            || Text(DeadLetterHeaders.OriginalTopic) is not { } topic || !Number<int>(DeadLetterHeaders.OriginalPartition, out var partition)
            || !Number<long>(DeadLetterHeaders.OriginalOffset, out var offset) || !At(DeadLetterHeaders.OriginalTimestamp, out var timestamp))
        {
            return null;
        }

        return new DelayedPush(
            lane,
            notBefore,
            leavesAt,
            attempts,
            retries,
            At(DeadLetterHeaders.FirstFailedAt, out var firstFailedAt) ? firstFailedAt : null,
            Text(DeadLetterHeaders.Reason),
            new RecordOrigin(topic, partition, offset, timestamp),
            Text(DeadLetterHeaders.TraceParent));
    }

    /// <summary>The lane that a record of a delay tier waits for: all that the others need to know of it, and cheap to learn.</summary>
    /// <param name="headers">The record's headers.</param>
    /// <returns>The lane, or <see langword="null"/> when the record names none of ours.</returns>
    public static Lane? LaneOf(Headers? headers)
    {
        if (headers is null || !headers.TryGetLastBytes(LaneHeader, out var name))
            return null;
        foreach (var (bytes, lane) in LaneNames)
        {
            if (bytes.AsSpan().SequenceEqual(name))
                return lane;
        }

        return null;
    }

    private static byte[] Number(long number) => Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture));

    private static byte[] Instant(DateTimeOffset instant) =>
        Encoding.UTF8.GetBytes(instant.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
}
