using System.Collections.Frozen;
using Confluent.Kafka;

namespace Dispatcher.Core.Kafka;

/// <summary>
/// The headers that a record's own producer gave it. They travel with it through delay tiers and into dead letters; where a name is one
/// of ours, ours stands in its place.
/// </summary>
internal static class OriginalHeaders
{
    private static readonly FrozenSet<string> Ours = FrozenSet.Create(
        StringComparer.Ordinal,
        DeadLetterHeaders.OriginalTopic,
        DeadLetterHeaders.OriginalPartition,
        DeadLetterHeaders.OriginalOffset,
        DeadLetterHeaders.OriginalTimestamp,
        DeadLetterHeaders.ConsumerGroup,
        DeadLetterHeaders.PushId,
        DeadLetterHeaders.App,
        DeadLetterHeaders.Tenant,
        DeadLetterHeaders.Provider,
        DeadLetterHeaders.Outcome,
        DeadLetterHeaders.Reason,
        DeadLetterHeaders.Status,
        DeadLetterHeaders.Detail,
        DeadLetterHeaders.Attempts,
        DeadLetterHeaders.FirstFailedAt,
        DeadLetterHeaders.LastFailedAt,
        DeadLetterHeaders.Worker,
        DeadLetterHeaders.SchemaVersion,
        DeadLetterHeaders.ValueOmitted,
        DeadLetterHeaders.TraceParent,
        DelayedPush.LaneHeader,
        DelayedPush.NotBeforeHeader,
        DelayedPush.LeavesAtHeader,
        DelayedPush.RetriesHeader);

    /// <summary>The headers of a new record, with the original's in front.</summary>
    /// <param name="original">Headers of the original, or of a record that was made from it.</param>
    public static Headers Copy(Headers? original)
    {
        var headers = new Headers();
        foreach (var header in original ?? [])
        {
            if (!Ours.Contains(header.Key))
                headers.Add(header.Key, header.GetValueBytes());
        }

        return headers;
    }
}
