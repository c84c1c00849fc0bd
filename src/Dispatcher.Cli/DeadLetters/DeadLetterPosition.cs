using System.Globalization;
using Confluent.Kafka;

namespace Dispatcher.Cli.DeadLetters;

/// <summary>A place in Kafka as people read, copy and type it: <c>push.apns.dead/3/42</c>.</summary>
internal static class DeadLetterPosition
{
    /// <summary>What to show to someone who got it wrong.</summary>
    public const string Expected = "TOPIC/PARTITION/OFFSET such as push.apns.dead/3/42";

    public static string Text(TopicPartitionOffset position) => Text(position.Topic, position.Partition.Value, position.Offset.Value);

    public static string Text(string topic, int partition, long offset) => string.Create(CultureInfo.InvariantCulture, $"{topic}/{partition}/{offset}");

    public static bool TryParse(string text, out TopicPartitionOffset position)
    {
        position = default!;
        if (text.Split('/') is not [{ Length: > 0 } topic, var partitionText, var offsetText]
            || !int.TryParse(partitionText, NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            || !long.TryParse(offsetText, NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
        {
            return false;
        }

        position = new TopicPartitionOffset(topic, partition, offset);
        return true;
    }
}
