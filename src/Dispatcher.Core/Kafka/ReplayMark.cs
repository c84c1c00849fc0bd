using System.Globalization;
using System.Text;
using Confluent.Kafka;

namespace Dispatcher.Core.Kafka;

/// <summary>Where a record lies; written <c>topic/partition/offset</c>.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The offset.</param>
public readonly record struct RecordPlace(string Topic, int Partition, long Offset)
{
    /// <summary>Reads <c>topic/partition/offset</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="place">The place, when it is one.</param>
    public static bool TryParse(string? text, out RecordPlace place)
    {
        place = default;
        if (text?.Split('/') is not [{ Length: > 0 } topic, var partitionText, var offsetText]
            || !int.TryParse(partitionText, NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            || !long.TryParse(offsetText, NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
        {
            return false;
        }

        place = new RecordPlace(topic, partition, offset);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Topic}/{Partition}/{Offset}");
}

/// <summary>
/// What a replay leaves in the headers of the records that it puts onto the lanes. Like any header of an original it goes along through
/// delay tiers and into the next dead letter, so that a push that dies again tells how often it was replayed.
/// </summary>
/// <param name="Id">The replay.</param>
/// <param name="Count">How often the push has been replayed, this time included.</param>
/// <param name="Origin">The dead letter that it was made from.</param>
public sealed record ReplayMark(string Id, int Count, RecordPlace Origin)
{
    /// <summary>The mark of a record, or <see langword="null"/> for one that no replay has made.</summary>
    /// <param name="headers">The record's headers.</param>
    public static ReplayMark? Read(Headers? headers)
    {
        // Most records have none, and the id alone says so.
        return Text(headers, DeadLetterHeaders.ReplayId) is { } id
            && int.TryParse(Text(headers, DeadLetterHeaders.ReplayCount), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && RecordPlace.TryParse(Text(headers, DeadLetterHeaders.ReplayOrigin), out var origin)
            ? new ReplayMark(id, count, origin)
            : null;
    }

    /// <summary>Puts the mark into headers, in the place of an earlier one.</summary>
    /// <param name="headers">The headers.</param>
    public void Put(Headers headers)
    {
        Put(headers, DeadLetterHeaders.ReplayId, Id);
        Put(headers, DeadLetterHeaders.ReplayCount, Count.ToString(CultureInfo.InvariantCulture));
        Put(headers, DeadLetterHeaders.ReplayOrigin, Origin.ToString());
    }

    private static void Put(Headers headers, string name, string value)
    {
        headers.Remove(name);
        headers.Add(name, Encoding.UTF8.GetBytes(value));
    }

    private static string? Text(Headers? headers, string name) =>
        headers is not null && headers.TryGetLastBytes(name, out var bytes) && bytes is not null ? Encoding.UTF8.GetString(bytes) : null;
}
