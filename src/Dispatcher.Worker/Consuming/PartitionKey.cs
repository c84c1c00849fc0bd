namespace Dispatcher.Worker.Consuming;

/// <summary>A partition of one of a consumer's topics; smaller and cheaper to hash than Confluent's.</summary>
/// <param name="Topic">The index of the topic among those that the consumer subscribed to.</param>
/// <param name="Partition">The partition.</param>
internal readonly record struct PartitionKey(int Topic, int Partition);
