using Confluent.Kafka;
using Dispatcher.Core.Apps;

namespace Dispatcher.Worker.Consuming;

/// <summary>What a pump consumes.</summary>
/// <param name="Name">Its name in logs and metrics: the lane's, or <c>delay</c>.</param>
/// <param name="Topics">The topics.</param>
/// <param name="AreDelays">Whether they are delay tiers, whose records carry <see cref="Core.Kafka.DelayedPush"/> in their headers.</param>
/// <param name="Apps">Whose pushes they may be.</param>
/// <param name="Config">The consumer's configuration.</param>
internal sealed record PumpSettings(string Name, IReadOnlyList<string> Topics, bool AreDelays, AppCatalog Apps, ConsumerConfig Config);
